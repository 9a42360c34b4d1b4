"""The mall itself: a street of shops where buyers fill carts, pay at a wild channel, get parcels and send goods back,
while everything is told, billed, split, stated and paid out; every act may be killed in the middle.

What must hold beside the invariants, by a model that asks only the channel and the parcels: never more money is in
the books than at the channel; a coupon is on one living purchase; and once everybody has answered, what the channel
took and kept is to the cent what the books say, nothing was oversold, and nothing is unclear any more.
"""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import F, Sum

from tests.mall.shopping import Mall as Shops
from tests.mall.shopping import new_buyer, open_shops
from tests.simulation import mall as plain
from tests.simulation.buying import BUYING, buy, hear, open_for_buying
from tests.simulation.buying import ask as ask_for
from tests.simulation.mall import MERCHANTS
from tests.simulation.minding import MINDING, receive, ship, tell
from tests.simulation.splitting import (
    SPLITTING,
    SplittingChannel,
    arrange,
    assert_shares,
    assert_sub_merchants,
    long_enough,
    split,
)
from tests.simulation.street_ends import drain
from tests.simulation.treasury import PAYING, Treasury, approve, propose, send
from zhanggui.approvals.models import Approval, ApprovalState
from zhanggui.money.errors import Refusal
from zhanggui.payments.channel import ChargeState
from zhanggui.payments.channel import RefundState as Said
from zhanggui.payments.models import Charge, ChargeUse, Refund, RefundState
from zhanggui.settlement.intake.models import StagedOrder
from zhanggui.trade.buyers.models import Address, Buyer
from zhanggui.trade.catalogue.models import Sku, Stock, StockMovementKind
from zhanggui.trade.fulfilment.models import ParcelLine, ParcelState
from zhanggui.trade.orders.models import LineShare, Order, OrderState, Purchase, PurchaseState
from zhanggui.trade.pricing.operations.set_carrier_tariff import set_carrier_tariff
from zhanggui.trade.pricing.rules.freight import FreightStep
from zhanggui.trade.promotions.models import HeldCoupon
from zhanggui.trade.returns.models import ReturnFreight, ReturnLine, ReturnState

ELSEWHERE = (plain.order, plain.advance, plain.cancel, plain.refund, plain.repeat, plain.charge)
"""Orders come from the shops here."""
BEHIND = {
    act: (weight + 2) // 3 for act, weight in (plain.WEIGHTS | PAYING).items() if act not in ELSEWHERE
}  # fmt: skip
TARIFF = FreightStep((), 1000, 600, 500, 200)
MINUTES = (0, 0, 1, 2, 2, 2, 10, 10, 40, 300, 1_500, 2_000)
OPENING = (
    *[buy] * 7,
    hear,
    ask_for,
    *[ship] * 5,
    *[receive] * 3,
    tell,
    long_enough,
    plain.bill,
    split,
    split,
)
"""A street that is not quite new: most acts need something to act on."""


@dataclass
class Street(Treasury):
    """Shops of the merchants of a mall that pays, with their buyers and the channel."""

    shops: Shops = field(init=False)
    channel: SplittingChannel = field(init=False)
    buyers: list[tuple[Buyer, Address]] = field(default_factory=list)
    by_hand: dict[str, int] = field(default_factory=dict)
    tracking: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.channel = SplittingChannel(chance=random.Random(self.seed + 1))
        names = {code: (f"铺{code}", f"Shop {code}") for code in MERCHANTS}
        self.shops = open_shops(self.story.line, names, self.channel, self.story.clock)
        self.buyers = [(self.shops.buyer, self.shops.address)]
        self.buyers += [new_buyer(f"buyer-{place}", self.story.clock()) for place in (2, 3)]
        set_carrier_tariff(
            carrier="heron", currency=self.story.line.currency, step=TARIFF, at=self.story.clock(), actor="sim"
        )  # fmt: skip
        open_for_buying(self)
        arrange(self)
        for act in OPENING:
            self.steps.append(f"opening: {act.__name__}")
            with suppress(Refusal):
                self.perform(act)

    def passes(self) -> timedelta:
        """Mostly minutes, seldom days."""
        return timedelta(minutes=self.chance.choice(MINUTES))

    def acts(self) -> dict[Callable[[Any], None], int]:
        """What may happen, and how often."""
        return BEHIND | BUYING | MINDING | SPLITTING | {plain.bill: 5}

    def paid_in(self) -> int:
        """What the channel took for the orders that were told, by its own word, minor units."""
        told = set(StagedOrder.objects.values_list("order_no", flat=True))
        parts = Charge.objects.filter(use=ChargeUse.ACCEPTED, parts__reference__in=told).values_list(
            "attempt__number", "parts__number", "parts__amount_minor"
        )
        asked = {part.number: part.amount_minor for one in self.channel.asked for part in one.parts}
        whole = {one.number: one.amount_minor for one in self.channel.asked}
        return sum(asked.get(part, whole[number]) for number, part, _booked in parts)

    def check(self) -> None:
        """And: nothing is in the books that the channel does not know, and no coupon is used twice."""
        super().check()
        for charge in Charge.objects.select_related("attempt"):
            known = self.channel.charges[charge.attempt.number]
            assert (known.state, known.amount_minor) == (ChargeState.PAID, charge.amount_minor), charge
        for refund in Refund.objects.filter(state=RefundState.SUCCEEDED):
            there = self.channel.refunds.get(refund.refund_no)
            by_hand = self.by_hand.get(refund.refund_no)
            assert (there and there.state == Said.SUCCEEDED) or by_hand == refund.amount_minor, refund
        self._check_coupons()
        assert_shares(self)

    def _check_coupons(self) -> None:
        used: Counter[tuple[int, str]] = Counter()
        living = LineShare.objects.exclude(line__order__purchase__state=PurchaseState.CANCELLED)
        for key in living.filter(kind__endswith="coupon").values_list(
            "line__order__purchase_id", "line__order__buyer_id", "source"
        ).distinct():  # fmt: skip
            used[key[1], key[2]] += 1
        held = Counter(HeldCoupon.objects.values_list("buyer_id", "coupon__code"))
        assert all(times <= held[key] for key, times in used.items()), used

    def end(self) -> None:
        """Everybody answers everything; then the channel, the shelves and the books say the same."""
        drain(self)
        self.check()
        tell(self)
        self._assert_all_clear()
        self._assert_money()
        assert_shares(self, over=True)
        assert_sub_merchants(self)
        self._assert_goods()
        super().end()

    def last_payouts(self) -> None:
        """All that is confirmed leaves for the bank."""
        self.bank.calm = True
        propose(self)
        for row in Approval.objects.filter(state=ApprovalState.PENDING).order_by("id"):
            approve(self, row, "controller")
        send(self)

    def _assert_all_clear(self) -> None:
        assert not Purchase.objects.filter(state=PurchaseState.PLACED).exists()
        over = (OrderState.COMPLETED, OrderState.CANCELLED)
        assert list(Order.objects.exclude(state__in=over).values_list("order_no", "state")) == []
        untold = Order.objects.filter(version__gt=F("told_version")).values_list("order_no", "told_fault")
        assert list(untold) == []
        assert not Refund.objects.exclude(state__in=(RefundState.SUCCEEDED, RefundState.FAILED)).exists()
        for freight in ReturnFreight.objects.select_related("case"):
            owed = freight.freight_minor if freight.earned_at else 0
            assert (freight.told_minor, freight.told_fault) == (owed, ""), freight.case
        waiting = [one for one in self.channel.charges.values() if one.state == ChargeState.WAITING]
        assert waiting == []

    def _assert_money(self) -> None:
        """Order by order, what buyers paid and did not get back; and in all, what the books say."""
        kept: Counter[str] = Counter()
        whole = {one.number: one for one in self.channel.asked}
        numbers = dict(self._numbers())
        gone: Counter[str] = Counter()
        for asked in self.channel.refund_asked:
            if self.channel.refunds[asked.number].state == Said.SUCCEEDED or asked.number in self.by_hand:
                gone[asked.charge_number] += asked.amount_minor
        for order in Order.objects.prefetch_related("given_back", "purchase__orders"):
            back = sum(slip.amount_minor for slip in order.given_back.all())
            kept[order.order_no] = order.due_minor - back if order.paid_at else 0
            if order.state == OrderState.CANCELLED:
                assert kept[order.order_no] == 0, f"{order} is called off and {kept[order.order_no]} was kept"
            elif order.due_minor:
                assert order.order_no in numbers, f"{order} is {order.state} and nobody paid for it"
        taken = self.channel.taken() - self.channel.returned() - sum(self.by_hand.values())
        assert sum(kept.values()) == taken, (sum(kept.values()), taken)
        for number, known in self.channel.charges.items():
            if known.state != ChargeState.PAID:
                continue
            mine = [order for order, (attempt, _part) in numbers.items() if attempt == number]
            back = sum(gone[part.number] for part in whole[number].parts) + gone[number]
            assert known.amount_minor - back == sum(kept[order] for order in mine), number

    def _numbers(self) -> list[tuple[str, tuple[str, str]]]:
        rows = Charge.objects.filter(use=ChargeUse.ACCEPTED).values_list(
            "parts__reference", "attempt__number", "parts__number"
        )
        return [(order, (attempt, part)) for order, attempt, part in rows]

    def _assert_goods(self) -> None:
        """On the shelves is what came in less what is in parcels; nothing is kept back for anybody."""
        out: Counter[int] = Counter()
        source = dict(Sku.objects.exclude(source=None).values_list("id", "source_id"))
        sent = ParcelLine.objects.exclude(parcel__state=ParcelState.BACK)
        for sku, units in sent.values_list("line__sku_id", "quantity"):
            out[source.get(sku, sku)] += units
        again = ReturnLine.objects.filter(case__state=ReturnState.EXCHANGED)
        for sku, units in again.values_list("line__sku_id", "quantity"):
            out[source.get(sku, sku)] += units
        for stock in Stock.objects.all():
            came = stock.movements.filter(kind=StockMovementKind.RECEIVED).aggregate(
                sum=Sum("on_hand_change")
            )
            assert (stock.on_hand, stock.reserved) == (came["sum"] - out[stock.sku_id], 0), stock.sku_id
