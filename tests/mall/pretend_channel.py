"""A channel that does what a test tells it: pays, is silent, loses answers, says things twice. The rails have their
own sandboxes; this one is for what the mall makes of every answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from zhanggui.payments.channel import (
    ChannelRefused,
    ChannelUnclear,
    ChargeAsked,
    ChargeOutcome,
    ChargeState,
    FetchedBill,
    Invitation,
    Method,
    Notice,
    NoticeAnswer,
    NoticeForged,
    NoticeStale,
    RefundAsked,
    RefundOutcome,
    RefundState,
)
from zhanggui.payments.repairing import RepairAsked

ACCOUNT = "1900000001"


@dataclass
class PretendChannel:
    """What the channel knows (`charges`, `refunds`), and how it behaves: `silent` does nothing, `deaf` does what is
    asked and loses the answer, `refuses` says no with this code."""

    charges: dict[str, ChargeOutcome] = field(default_factory=dict)
    refunds: dict[str, RefundOutcome] = field(default_factory=dict)
    asked: list[ChargeAsked] = field(default_factory=list)
    refund_asked: list[RefundAsked] = field(default_factory=list)
    repairs: list[RepairAsked] = field(default_factory=list)
    silent: bool = False
    deaf: bool = False
    refuses: str = ""
    refuses_repairs: str = ""
    refund_state: RefundState = RefundState.SUCCEEDED
    methods: frozenset[Method] = frozenset({Method.QR, Method.PAGE})
    splits: bool = False

    def _answer(self) -> None:
        if self.deaf:
            raise ChannelUnclear("the answer was lost")

    def _listen(self) -> None:
        if self.silent:
            raise ChannelUnclear("no answer")
        if self.refuses:
            raise ChannelRefused(self.refuses, "not wanted")

    def begin_charge(self, asked: ChargeAsked, *, now: datetime) -> Invitation:
        self._listen()
        self.asked.append(asked)
        self.charges.setdefault(asked.number, ChargeOutcome(asked.number, ChargeState.WAITING))
        self._answer()
        return Invitation("qr", f"weixin://pay/{asked.number}")

    def pay(
        self, number: str, *, at: datetime, amount: int | None = None, account: str = ACCOUNT
    ) -> ChargeOutcome:
        """The buyer pays, exactly what was asked unless told otherwise."""
        asked = next(one for one in self.asked if one.number == number)
        outcome = ChargeOutcome(
            number, ChargeState.PAID, channel_number=f"42{number}", account=account, paid_at=at,
            amount_minor=asked.amount_minor if amount is None else amount, currency=asked.currency,
            payer="openid-1", parts={part.number: f"42{part.number}" for part in asked.parts},
        )  # fmt: skip
        self.charges[number] = outcome
        return outcome

    def query_charge(self, number: str, *, now: datetime) -> ChargeOutcome:
        self._listen()
        return self.charges.get(number, ChargeOutcome(number, ChargeState.UNKNOWN))

    def close_charge(self, number: str, *, now: datetime) -> None:
        self._listen()
        known = self.charges.get(number)
        if known is not None and known.state == ChargeState.PAID:
            raise ChannelRefused("ORDERPAID", "it is paid")
        self.charges[number] = ChargeOutcome(number, ChargeState.CLOSED)

    def refund(self, asked: RefundAsked, *, now: datetime) -> RefundOutcome:
        self._listen()
        self.refund_asked.append(asked)
        outcome = self.refunds.setdefault(
            asked.number,
            RefundOutcome(
                asked.number, self.refund_state, channel_number=f"50{asked.number}",
                amount_minor=asked.amount_minor, currency=asked.currency, refunded_at=now,
            ),
        )  # fmt: skip
        self._answer()
        return outcome

    def repair_refund(self, asked: RepairAsked, *, now: datetime) -> RefundOutcome:
        self._listen()
        if self.refuses_repairs:
            raise ChannelRefused(self.refuses_repairs, "not wanted")
        self.repairs.append(asked)
        if self.refunds[asked.number].state is not RefundState.ABNORMAL:
            raise ChannelRefused("INVALID_REQUEST", "not abnormal")
        outcome = self.settle_refund(asked.number, RefundState.PROCESSING)
        self._answer()
        return outcome

    def settle_refund(self, number: str, state: RefundState) -> RefundOutcome:
        """The refund gets to where it gets."""
        self.refunds[number] = replace(self.refunds[number], state=state)
        return self.refunds[number]

    def query_refund(
        self, number: str, *, charge_number: str, now: datetime, account: str = ""
    ) -> RefundOutcome:
        self._listen()
        return self.refunds.get(number, RefundOutcome(number, RefundState.UNKNOWN))

    def read_notice(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        said = json.loads(body)
        if headers.get("Pretend-Signature") != "good":
            raise NoticeForged("the signature does not hold")
        if headers.get("Pretend-Age") == "old":
            raise NoticeStale("made a year ago")
        if "refund" in said:
            return Notice(said["id"], refund=self.refunds[said["refund"]])
        known = self.charges.get(
            said["charge"], ChargeOutcome(said["charge"], ChargeState.PAID, "42x", 1, "CNY")
        )
        return Notice(said["id"], charge=known)

    def answer_notice(self, *, taken: bool) -> NoticeAnswer:
        return NoticeAnswer(200 if taken else 400, "text/plain", b"good" if taken else b"no")

    def fetch_bill(self, *, kind: str, day: date, now: datetime) -> FetchedBill:
        raise ChannelRefused("NO_STATEMENT_EXIST", "there is none")
