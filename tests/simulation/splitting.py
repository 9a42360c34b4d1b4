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
from zhanggui.payments.channel import ChannelRefused, RefundState
from zhanggui.payments.models import ChargePart, PaymentChannel
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
from zhanggui.payments.sub_merchants import fee_back
from zhanggui.payments.subsidizing import SubsidyAsked, SubsidyOutcome
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
ACCOUNTS = {"m1": "1900000101", "sup": "1900000103"}
SUB_MERCHANTS = {"m2": "1900000102"}
"""Buyers pay to these, and the platform adds what it bears of discounts."""
CLOSES = ("ACCOUNT_ABNORMAL", "RECEIVER_HIGH_RISK")


@dataclass
class Desk:
    """Where subsidies are paid; `paid` and `back` are the truth about them, by number."""

    channel: "SplittingChannel"
    paid: dict[str, SubsidyAsked] = field(default_factory=dict)
    back: dict[str, SubsidyAsked] = field(default_factory=dict)
    off: set[str] = field(default_factory=set)

    def pay(self, asked: SubsidyAsked, *, now: datetime) -> SubsidyOutcome:
        return self._once(self.paid, asked)

    def take_back(self, asked: SubsidyAsked, *, now: datetime) -> SubsidyOutcome:
        (paid,) = [one for one in self.paid.values() if one.account == asked.account
                   and one.charge_channel_number == asked.charge_channel_number]  # fmt: skip
        gone = sum(
            one.amount_minor for number, one in self.back.items()
            if one.charge_channel_number == asked.charge_channel_number and number != asked.number
        )  # fmt: skip
        assert gone + asked.amount_minor <= paid.amount_minor, asked
        refund = self.channel.refunds[asked.refund_channel_number[2:]]
        assert refund.state in (RefundState.SUCCEEDED, RefundState.ABNORMAL), "it goes with a refund"
        return self._once(self.back, asked)

    def call_off(self, asked: SubsidyAsked, *, now: datetime) -> SubsidyOutcome:
        self.channel._listen(refuses=asked.number not in self.off)
        assert asked.charge_channel_number not in {one.charge_channel_number for one in self.paid.values()}
        self.off.add(asked.number)
        self.channel._answer()
        return SubsidyOutcome(True, said="SUCCESS")

    def _once(self, known: dict[str, SubsidyAsked], asked: SubsidyAsked) -> SubsidyOutcome:
        self.channel._listen(refuses=asked.number not in known)
        assert known.setdefault(asked.number, asked) == asked, "one number, two subsidies"
        self.channel._answer()
        return SubsidyOutcome(True, f"B{asked.number}", asked.amount_minor, said="SUCCESS")


@dataclass
class SplittingChannel(WildChannel):
    """`divided` and `back` are the truth about shares, by number."""

    splits: bool = True
    limits: SplitLimits = field(default=LIMITS)
    receivers: set[str] = field(default_factory=set)
    divided: dict[str, tuple[SplitAsked, SplitOutcome]] = field(default_factory=dict)
    back: dict[str, tuple[ShareReturnAsked, ShareReturnOutcome]] = field(default_factory=dict)
    subsidies: Desk = field(init=False)
    subsidy_most_minor: int = 400

    def __post_init__(self) -> None:
        self.subsidies = Desk(self)

    def payee_of(self, charge_channel_number: str) -> str:
        """The account that a part was paid to."""
        parts = {f"42{part.number}": part.account for one in self.asked for part in one.parts}
        return parts.get(charge_channel_number, "")

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
        if asked.shares:
            payee = self.payee_of(asked.charge_channel_number)
            assert payee in ("", asked.account), "another's payment is not ours to divide"
            assert payee not in {one.receiver.account for one in asked.shares}

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
    channel.settings |= {"splits": "yes", "sub_merchant_fee_ppm": "6000", "subsidizes": "yes"}
    channel.save()
    split_rules_published(rules=RULES, at=street.story.clock(), actor="ann")
    for party, account in (ACCOUNTS | SUB_MERCHANTS).items():
        row = split_receiver_proposed(
            party=party, channel="wechat", kind="sub_merchant" if party in SUB_MERCHANTS else "merchant",
            account=account, name=party, relation="PARTNER", at=street.story.clock(), actor="ann",
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
    sent = SplitShare.objects.select_related("receiver").exclude(way="kept")
    for share in sent.filter(state="succeeded"):
        booked[account_of(share)] += share.amount_minor
    for row in ShareReturn.objects.select_related("share__receiver").filter(state="succeeded"):
        booked[account_of(row.share)] -= row.amount_minor * (row.share.way != "kept")
    there = street.channel.shared()
    for share in sent.exclude(state="pending"):
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


def assert_sub_merchants(street: Any) -> None:
    """Once everything is over: what lies with a sub-merchant at the channel of each order is what its statement says
    that it kept; what buyers got back beyond that is on its statement."""
    desk = street.channel.subsidies
    for part in ChargePart.objects.exclude(account=""):
        number = part.channel_number
        added = sum(one.amount_minor for one in desk.paid.values() if one.charge_channel_number == number)
        added -= sum(one.amount_minor for one in desk.back.values() if one.charge_channel_number == number)
        shares = SplitShare.objects.filter(split__part=part).exclude(state="closed")
        given = sum(one.amount_minor - one.returned_minor for one in shares.exclude(way="kept"))
        kept = sum(one.amount_minor - one.returned_minor for one in shares.filter(way="kept"))
        fee = part.fee_minor - fee_back(part.fee_minor, part.amount_minor, part.refunded_minor)
        fee += part.fee_off_minor
        lies = part.amount_minor - part.refunded_minor - fee + added - given
        assert lies == kept or not shares.exists(), (part.reference, lies, kept)
    kept_there = {one.account for one in desk.paid.values()}
    assert kept_there <= set(SUB_MERCHANTS.values())


SPLITTING = {split: 5, split_again: 1, regret: 3}
