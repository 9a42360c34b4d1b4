"""A channel at which buyers pay, that does everything a channel can do wrong: it is silent, loses answers, refuses for
no reason, keeps notices back, sends them twice, in another order, long afterwards, and others send forged ones.

It promises what channels promise: a number is one payment or one refund, what it once paid or gave back stays so, and
once it has closed a payment nobody pays it.
"""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from tests.mall.pretend_channel import PretendChannel
from tests.simulation.bank import Killed
from zhanggui.payments.channel import (
    ChannelRefused,
    ChannelUnclear,
    ChargeAsked,
    ChargeOutcome,
    ChargeState,
    Invitation,
    Notice,
    NoticeForged,
    RefundAsked,
    RefundOutcome,
    RefundState,
)

GOES = (
    (RefundState.SUCCEEDED,) * 5 + (RefundState.PROCESSING,) * 3 + (RefundState.ABNORMAL, RefundState.CLOSED)
)
ENDS = (RefundState.SUCCEEDED,) * 4 + (RefundState.ABNORMAL, RefundState.CLOSED)


@dataclass
class Letter:
    """A notice: what the channel knew when it was written."""

    id: str
    charge: ChargeOutcome | None = None
    refund: RefundOutcome | None = None


@dataclass
class WildChannel(PretendChannel):
    """`charges` and `refunds` are the truth about the buyers' money; `letters` are what it has to tell."""

    chance: random.Random = field(default_factory=random.Random)
    letters: list[Letter] = field(default_factory=list)
    written: dict[str, Letter] = field(default_factory=dict)
    calm: bool = False

    def _listen(self, *, refuses: bool = False) -> None:
        """Somebody asks: perhaps nobody is there, perhaps who asks dies before he does."""
        roll = 1.0 if self.calm else self.chance.random()
        if roll < 0.07:
            raise ChannelUnclear("no answer")
        if roll < 0.10:
            raise Killed
        if refuses and roll < 0.18:
            raise ChannelRefused("NOT_ENOUGH", "not today")

    def _answer(self) -> None:
        """It is done; the answer is lost, or who asked dies before he has it."""
        roll = 1.0 if self.calm else self.chance.random()
        if roll < 0.1:
            raise ChannelUnclear("the answer was lost")
        if roll < 0.15:
            raise Killed

    def begin_charge(self, asked: ChargeAsked, *, now: datetime) -> Invitation:
        known = self.charges.get(asked.number)
        self._listen(refuses=known is None)
        if known is not None and known.state != ChargeState.WAITING:
            raise ChannelRefused(
                "ORDERPAID" if known.state == ChargeState.PAID else "ORDER_CLOSED", "it is over"
            )
        if known is None:
            self.asked.append(asked)
            self.charges[asked.number] = ChargeOutcome(asked.number, ChargeState.WAITING)
        self._answer()
        return Invitation("qr", f"weixin://pay/{asked.number}")

    def query_charge(self, number: str, *, now: datetime) -> ChargeOutcome:
        self._listen(refuses=True)
        return self.charges.get(number, ChargeOutcome(number, ChargeState.UNKNOWN))

    def close_charge(self, number: str, *, now: datetime) -> None:
        super().close_charge(number, now=now)
        self._answer()

    def pays(self, number: str, *, at: datetime) -> None:
        """The buyer pays: what was asked, very seldom something else."""
        asked = next(one for one in self.asked if one.number == number)
        other = self.chance.random() < 0.04
        self._tell(charge=self.pay(number, at=at, amount=asked.amount_minor + 1 if other else None))

    def refund(self, asked: RefundAsked, *, now: datetime) -> RefundOutcome:
        known = self.refunds.get(asked.number)
        self._listen(refuses=known is None)
        if known is None:
            self._check(asked)
            self.refund_asked.append(asked)
            known = RefundOutcome(
                asked.number, RefundState.SUCCEEDED if self.calm else self.chance.choice(GOES),
                channel_number=f"50{asked.number}", amount_minor=asked.amount_minor, currency=asked.currency,
                refunded_at=now,
            )  # fmt: skip
            self.refunds[asked.number] = known
            self._tell(refund=known)
        self._answer()
        return known

    def _check(self, asked: RefundAsked) -> None:
        """Never more goes back than was paid, in all and for a part."""
        parts = {part.number: (one.number, part.amount_minor) for one in self.asked for part in one.parts}
        whole, most = parts.get(asked.charge_number, (asked.charge_number, asked.charge_minor))
        paid = self.charges[whole]
        assert paid.state == ChargeState.PAID, asked
        gone = sum(
            self.refunds[one.number].amount_minor for one in self.refund_asked
            if one.charge_number == asked.charge_number and self.refunds[one.number].state != RefundState.CLOSED
        )  # fmt: skip
        assert gone + asked.amount_minor <= min(most, paid.amount_minor), asked

    def query_refund(
        self, number: str, *, charge_number: str, now: datetime, account: str = ""
    ) -> RefundOutcome:
        self._listen(refuses=True)
        return self.refunds.get(number, RefundOutcome(number, RefundState.UNKNOWN))

    def works(self) -> None:
        """Refunds get somewhere."""
        for number, known in list(self.refunds.items()):
            if known.state == RefundState.PROCESSING and (self.calm or self.chance.random() < 0.5):
                state = RefundState.SUCCEEDED if self.calm else self.chance.choice(ENDS)
                self.refunds[number] = replace(known, state=state)
                self._tell(refund=self.refunds[number])

    def posts(self) -> list[tuple[dict[str, str], bytes]]:
        """The notices of this round: some, in any order, some twice, some again later, a forged one among them."""
        self.chance.shuffle(self.letters)
        chosen = self.letters[: 1 + len(self.letters) // 2]
        self.letters = [one for one in self.letters if one not in chosen or self.chance.random() < 0.2]
        found = [_envelope(one.id) for one in chosen for _ in range(self.chance.choice((1, 1, 2)))]
        waiting = [number for number, known in self.charges.items() if known.state == ChargeState.WAITING]
        if waiting and self.chance.random() < 0.2:
            lie = ChargeOutcome(waiting[0], ChargeState.PAID, "66", 1, "CNY")
            found.append(_envelope(self._write(charge=lie).id, signature="bad"))
        return found

    def read_notice(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        letter = self.written[json.loads(body)["id"]]
        if headers["Pretend-Signature"] != "good":
            raise NoticeForged("the signature does not hold")
        return Notice(letter.id, charge=letter.charge, refund=letter.refund)

    def taken(self) -> int:
        """Minor units that buyers paid here."""
        return sum(one.amount_minor for one in self.charges.values() if one.state == ChargeState.PAID)

    def returned(self) -> int:
        """Minor units that went back to them from here."""
        return sum(one.amount_minor for one in self.refunds.values() if one.state == RefundState.SUCCEEDED)

    def _tell(self, **what: ChargeOutcome | RefundOutcome) -> None:
        if self.chance.random() < 0.75:
            self.letters.append(self._write(**what))

    def _write(self, **what: ChargeOutcome | RefundOutcome) -> Letter:
        letter = Letter(f"N{len(self.written)}", **what)
        self.written[letter.id] = letter
        return letter


def _envelope(number: str, signature: str = "good") -> tuple[dict[str, str], bytes]:
    return {"Pretend-Signature": signature}, json.dumps({"id": number}).encode()
