"""Splits on a simulated street: a channel that divides what was paid, as wildly as it does everything else, and who
arranges and runs it.

It promises what such channels promise: a number is one division, or one share that comes back; what arrived, came back
or was closed stays so; nobody gets more than its ratio of a payment, and none comes back that did not arrive.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from tests.settlement.story import ZONE
from tests.simulation.buying import some
from tests.simulation.channel import WildChannel
from zhanggui.clockwork.split_due import split_due
from zhanggui.journeys.return_asked import return_asked
from zhanggui.journeys.split_arranged import (
    split_asked_again,
    split_receiver_confirmed,
    split_receiver_proposed,
    split_rules_published,
)
from zhanggui.payments.channel import ChannelRefused
from zhanggui.payments.models import PaymentChannel
from zhanggui.payments.splitting import (
    ReceiverKind,
    ShareOutcome,
    ShareReturnAsked,
    ShareReturnOutcome,
    ShareReturnState,
    ShareState,
    SplitAsked,
    SplitLimits,
    SplitOutcome,
    SplitReceiver,
)
from zhanggui.settlement.splits.accounts import account_of
from zhanggui.settlement.splits.models import ShareReturn, Split, SplitShare
from zhanggui.settlement.splits.states import RETURNS_OPEN, SPLITS_OPEN
from zhanggui.trade.orders.models import Order, OrderState
from zhanggui.trade.returns.models import ReturnKind
from zhanggui.trade.returns.operations.open_case import Asked

RATIO_PPM = 300_000
LIMITS = SplitLimits(RATIO_PPM, 50, 50, wait_seconds=60, window_days=30)
RULES = [
    {"code": "tiny", "mode": "own_account", "below_minor": 200},
    {"code": "first", "mode": "on_rail", "merchants": ["m1"], "receivers": ["supplier", "merchant"],
     "ratio_ppm": 250_000},
]  # fmt: skip
# What the other shops sell goes by the default.
# Of the third shop the channel knows nothing.
ACCOUNTS = {"m1": "1900000101", "m2": "1900000102", "sup": "1900000103"}
CLOSES = ("ACCOUNT_ABNORMAL", "RECEIVER_HIGH_RISK")


@dataclass
class SplittingChannel(WildChannel):
    """`divided` and `back` are the truth about shares, by number."""

    splits: bool = True
    limits: SplitLimits = field(default=LIMITS)
    receivers: set[str] = field(default_factory=set)
    divided: dict[str, tuple[SplitAsked, SplitOutcome]] = field(default_factory=dict)
    back: dict[str, tuple[ShareReturnAsked, ShareReturnOutcome]] = field(default_factory=dict)

    def add_receiver(self, receiver: SplitReceiver, *, now: datetime) -> None:
        assert receiver.kind is ReceiverKind.MERCHANT
        self.receivers.add(receiver.account)

    def split(self, asked: SplitAsked, *, now: datetime) -> SplitOutcome:
        known = self.divided.get(asked.number)
        self._listen(refuses=known is None)
        if known is None:
            self._check_shares(asked)
            shares = [
                ShareOutcome(one.receiver.account, one.amount_minor, ShareState.PENDING)
                for one in asked.shares
            ]
            self.divided[asked.number] = (
                asked,
                SplitOutcome(asked.number, f"30{asked.number}", not shares, shares),
            )
        else:
            assert known[0] == asked, "one number, two divisions"
        self._answer()
        return self.divided[asked.number][1]

    def _check_shares(self, asked: SplitAsked) -> None:
        parts = {f"42{part.number}": part.amount_minor for one in self.asked for part in one.parts}
        paid = (
            parts.get(asked.charge_channel_number)
            or self.charges[asked.charge_channel_number[2:]].amount_minor
        )
        mine = [
            one
            for one in self.divided.values()
            if one[0].charge_channel_number == asked.charge_channel_number
        ]
        assert not any(one[0].last for one in mine), "nothing is split after the rest was freed"
        gone = sum(s.amount_minor for _, o in mine for s in o.shares if s.state is not ShareState.CLOSED)
        assert gone + sum(one.amount_minor for one in asked.shares) <= paid * RATIO_PPM // 1_000_000, asked
        assert {one.receiver.account for one in asked.shares} <= self.receivers

    def query_split(
        self, number: str, *, charge_channel_number: str, now: datetime, account: str = ""
    ) -> SplitOutcome:
        self._listen(refuses=True)
        if number not in self.divided:
            raise ChannelRefused("RESOURCE_NOT_EXISTS", "never heard of it")
        return self.divided[number][1]

    def unfreeze(
        self, number: str, *, charge_channel_number: str, now: datetime, account: str = ""
    ) -> SplitOutcome:
        return self.split(SplitAsked(number, charge_channel_number, (), last=True), now=now)

    def return_share(self, asked: ShareReturnAsked, *, now: datetime) -> ShareReturnOutcome:
        known = self.back.get(asked.number)
        self._listen(refuses=known is None)
        if known is None:
            arrived = sum(
                one.amount_minor for one in self.divided[asked.split_number][1].shares
                if one.account == asked.account and one.state is ShareState.SUCCEEDED
            )  # fmt: skip
            gone = sum(
                one.amount_minor for one, outcome in self.back.values()
                if (one.split_number, one.account) == (asked.split_number, asked.account)
                and outcome.state in (ShareReturnState.PROCESSING, ShareReturnState.SUCCEEDED)
            )  # fmt: skip
            assert gone + asked.amount_minor <= arrived, asked
            self.back[asked.number] = asked, ShareReturnOutcome(asked.number, ShareReturnState.PROCESSING)
        self._answer()
        return self.back[asked.number][1]

    def query_return(self, number: str, *, split_number: str, now: datetime) -> ShareReturnOutcome:
        self._listen(refuses=True)
        if number not in self.back:
            raise ChannelRefused("RESOURCE_NOT_EXISTS", "never heard of it")
        return self.back[number][1]

    def works(self) -> None:
        """And shares get somewhere."""
        super().works()
        for number, (asked, known) in list(self.divided.items()):
            shares = [self._ended(one) for one in known.shares]
            finished = all(one.state is not ShareState.PENDING for one in shares)
            self.divided[number] = asked, replace(known, shares=shares, finished=finished)
        for number, (back, outcome) in list(self.back.items()):
            if outcome.state is ShareReturnState.PROCESSING and (self.calm or self.chance.random() < 0.6):
                ends = (ShareReturnState.SUCCEEDED,) * 3 + (
                    ShareReturnState.FAILED,
                    ShareReturnState.TIMED_OUT,
                )
                state = ShareReturnState.SUCCEEDED if self.calm else self.chance.choice(ends)
                self.back[number] = back, replace(outcome, state=state)

    def _ended(self, share: ShareOutcome) -> ShareOutcome:
        if share.state is not ShareState.PENDING or not (self.calm or self.chance.random() < 0.6):
            return share
        if not self.calm and self.chance.random() < 0.3:
            return replace(share, state=ShareState.CLOSED, reason=self.chance.choice(CLOSES))
        return replace(share, state=ShareState.SUCCEEDED)

    def shared(self) -> Counter[str]:
        """Minor units that each account has got here and not given back."""
        found: Counter[str] = Counter()
        for _, outcome in self.divided.values():
            for one in outcome.shares:
                found[one.account] += one.amount_minor * (one.state is ShareState.SUCCEEDED)
        for asked, back in self.back.values():
            found[asked.account] -= asked.amount_minor * (back.state is ShareReturnState.SUCCEEDED)
        return found


def arrange(street: Any) -> None:
    """The channel splits, by rules, to accounts that two people agreed on."""
    channel = PaymentChannel.objects.get(code="wechat")
    channel.settings |= {"splits": "yes"}
    channel.save()
    split_rules_published(rules=RULES, at=street.story.clock(), actor="ann")
    for party, account in ACCOUNTS.items():
        row = split_receiver_proposed(
            party=party, channel="wechat", kind="merchant", account=account, name=party, relation="PARTNER",
            at=street.story.clock(), actor="ann",
        )  # fmt: skip
        split_receiver_confirmed(receiver_id=row.id, clock=street.story.clock, actor="ben")


def split(street: Any) -> None:
    """What is due is split and asked after; shares get somewhere."""
    street.channel.works()
    split_due(clock=street.story.clock, zone=ZONE)


def long_enough(street: Any) -> None:
    """What was shipped today may be billed."""
    street.story.now += timedelta(days=1)


def split_again(street: Any) -> None:
    """Somebody wants an order looked at again."""
    numbers = list(Split.objects.order_by("id").values_list("number", flat=True))
    if numbers:
        split_asked_again(number=street.chance.choice(numbers), at=street.story.clock(), actor="ann")


def regret(street: Any) -> None:
    """A buyer wants all of an order back of which somebody has got a share."""
    arrived = SplitShare.objects.filter(state="succeeded").values("order_no")
    order: Order | None = some(
        street, Order.objects.filter(order_no__in=arrived, state=OrderState.RECEIVED).order_by("id")
    )
    if order is not None:
        return_asked(
            order_no=order.order_no, kind=ReturnKind.REFUND_ONLY, reason="damaged", text="", pictures=[],
            asked=[Asked(one.id, one.quantity) for one in order.lines.order_by("id")], at=street.story.clock(),
        )  # fmt: skip


def assert_shares(street: Any, *, over: bool = False) -> None:
    """No more is in the books than arrived at the channel; once everything is `over`, exactly that."""
    booked: Counter[str] = Counter()
    for share in SplitShare.objects.select_related("receiver").filter(state="succeeded"):
        booked[account_of(share)] += share.amount_minor
    for row in ShareReturn.objects.select_related("share__receiver").filter(state="succeeded"):
        booked[account_of(row.share)] -= row.amount_minor
    there = street.channel.shared()
    for share in SplitShare.objects.exclude(state="pending"):
        said = (
            {one.account: one for one in street.channel.divided[share.split_number][1].shares}
            if (share.split_number in street.channel.divided)
            else {}
        )
        known = said.get(account_of(share))
        assert (known and known.state == share.state) or (not known and share.state == "closed"), share.id
    if over:
        assert not Split.objects.filter(state__in=SPLITS_OPEN).exists()
        assert not ShareReturn.objects.filter(state__in=RETURNS_OPEN).exists()
        assert {name: amount for name, amount in booked.items() if amount} == {
            name: amount for name, amount in there.items() if amount
        }


SPLITTING = {split: 5, split_again: 1, regret: 3}
