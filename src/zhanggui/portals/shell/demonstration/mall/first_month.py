"""The mall's first month, two months before the demonstration is played. One of its shops is a sub-merchant at WeChat
Pay (收付通): buyers pay to its own account there, the platform adds what it bears of coupons (补差), takes its part,
and the rest is freed to the shop; one thing comes back the same way. Members are promised a part of what they buy."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import httpx
from django.db import transaction

from zhanggui.audit.models import AuditRecord
from zhanggui.clockwork.mind_payments import send_refunds
from zhanggui.journeys.goods_received import orders_completed_by_time
from zhanggui.journeys.orders_split import orders_split
from zhanggui.journeys.split_arranged import split_receiver_confirmed, split_receiver_proposed
from zhanggui.parties.models import Party
from zhanggui.payments.models import PaymentChannel, Refund
from zhanggui.portals.shell.demonstration.mall.splitting import MAKER, SECOND, clock_of
from zhanggui.portals.shell.demonstration.mall.trading import (
    ACTOR,
    CHANNEL,
    order,
    pay,
    receive_order,
    return_one,
    settle,
    ship_order,
)
from zhanggui.portals.shell.moments import zone
from zhanggui.portals.shell.sandboxes import channels_sandboxed
from zhanggui.settlement.splits.accounts import SUB_MERCHANT
from zhanggui.settlement.splits.models import SplitReceiver
from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.buyers.operations.set_level import set_level
from zhanggui.trade.catalogue.models import Sku
from zhanggui.trade.orders.models import Order, OrderState
from zhanggui.trade.parameters.operations.set_parameter import set_parameter
from zhanggui.trade.promotions.operations.claim_coupon import claim_coupon
from zhanggui.trade.promotions.shapes import Wanted
from zhanggui.trade.returns.models import ReturnCase

OPENING = "mall: its line and parties"
"""The act that opens the mall: its mark says which month was the first."""
SHOP, ACCOUNT = "clear-kiln", "1900000109"
"""The shop that buyers pay to; its owner has a log-in of the demo."""
MEMBERS = {"lin": "gold", "chen": "silver"}
REBATE_PERMILLE = 20
COUPONS = {"lin": "WELCOME15", "chen": "MALL30"}
"""The platform bears all of the first, three fifths of the second."""
BASKETS = (
    ("lin", (("moss-teapot-forest", 1),)),
    ("chen", (("rain-line-bowl-six", 2),)),
    ("anna", (("slow-latte-cup-lilac", 1), ("training-treats-chicken-200g", 1))),
)
COMES_BACK = "chen"
WITHDRAWN_MINOR = 5_000
A_RUN = timedelta(minutes=6)
"""From one look of the clock at splits and subsidies to the next: what was refused is asked for again."""


def first_day() -> date:
    """The first day of the mall's first month: of the one in which it opened, else of the month before last."""
    mark = AuditRecord.objects.filter(object_kind="demo", object_id=OPENING).order_by("id").first()
    if mark:
        return mark.at.astimezone(zone()).date().replace(day=1)
    last_month = datetime.now(zone()).date().replace(day=1) - timedelta(days=1)
    return (last_month.replace(day=1) - timedelta(days=1)).replace(day=1)


def next_month() -> date:
    """The first day of the month after."""
    return (first_day() + timedelta(days=32)).replace(day=1)


def then(day: int, hour: int) -> Callable[[], datetime]:
    """So many days after the first one of the first month, at an hour."""
    return lambda: datetime.combine(first_day() + timedelta(days=day - 1), time(hour), zone())


def after(day: int, hour: int) -> Callable[[], datetime]:
    """On a day of the month after, at an hour."""
    return lambda: datetime.combine(next_month() + timedelta(days=day - 1), time(hour), zone())


def this_month(day: int, hour: int) -> Callable[[], datetime]:
    """On a day of the month after that, at an hour."""
    return lambda: datetime.combine(
        (next_month() + timedelta(days=32)).replace(day=1) + timedelta(days=day - 1), time(hour), zone()
    )


def was(at: datetime) -> bool:
    """Whether the mall was open then, and that is over: a mall that an earlier version opened had no first month."""
    mark = AuditRecord.objects.filter(object_kind="demo", object_id=OPENING).order_by("id").first()
    return mark is not None and mark.at <= at <= datetime.now(UTC)


def open_sub_merchant(at: datetime) -> None:
    """The shop's account at the channel is proposed by one person and confirmed by another; the channel adds it."""
    party = Party.objects.get(code=SHOP)
    row = SplitReceiver.objects.filter(party_id=party.id).first()
    with channels_sandboxed():
        row = row or split_receiver_proposed(
            party=SHOP, channel=CHANNEL, kind=SUB_MERCHANT, account=ACCOUNT, name=f"{party.name['zh']}有限公司",
            relation="PARTNER", at=at, actor=MAKER,
        )  # fmt: skip
        with clock_of(PaymentChannel.objects.get(code=CHANNEL), at, stays=True):
            split_receiver_confirmed(receiver_id=row.id, clock=lambda: at, actor=SECOND)


def promise_rebates(at: datetime) -> None:
    """Members get back two percent of what they buy from now on; two of the buyers are members."""
    set_parameter(code="member_rebate_permille", value=REBATE_PERMILLE, at=at, actor=MAKER)
    for name, level in MEMBERS.items():
        set_level(buyer=_buyer(name), level=level, at=at, actor=ACTOR)


def buy(at: datetime) -> None:
    """Each buyer pays one payment on the sandbox's own page; two of them use coupons of the platform."""
    browser = httpx.Client(timeout=20, trust_env=False)
    with channels_sandboxed(), browser, clock_of(PaymentChannel.objects.get(code=CHANNEL), at, stays=True):
        for name, goods in BASKETS:
            _claim(name, at)
            wanted = [Wanted(Sku.objects.get(code=code).id, quantity) for code, quantity in goods]
            pay(browser, order(name, wanted, f"demo-first-{name}", "weixin", at), lambda: at)
    settle(at)


@transaction.atomic
def _claim(name: str, at: datetime) -> None:
    buyer = _buyer(name)
    if name in COUPONS and not Order.objects.filter(buyer_id=buyer.id).exists():
        claim_coupon(code=COUPONS[name], buyer_id=buyer.id, at=at)


def _buyer(name: str) -> Buyer:
    return Buyer.objects.get(user__username=name)


def ship(at: datetime) -> None:
    """Every order leaves."""
    for row in Order.objects.filter(state=OrderState.PAID).order_by("order_no"):
        ship_order(row, "carrier-heron", at)


def receive(at: datetime) -> None:
    """Everything arrives, and is billed."""
    for row in Order.objects.filter(state=OrderState.SHIPPED).order_by("order_no"):
        receive_order(row, at)
    settle(at)


def split(at: datetime) -> None:
    """The orders are split. What we add has to wait until enough of our own money is free at the channel: our parts
    of other orders, and what of the small one belongs to nobody else."""
    _run(at, times=6)


def bring_back(at: datetime) -> None:
    """One of two sets comes back: the shop pays the buyer, our part and what we added follow in proportion."""
    row = Order.objects.get(buyer_id=_buyer(COMES_BACK).id, state=OrderState.RECEIVED)
    with transaction.atomic():
        if not ReturnCase.objects.filter(order=row).exists():
            return_one(row, 1, at)
    _run(at, times=4)
    settle(max([at, *Refund.objects.exclude(ended_at=None).values_list("ended_at", flat=True)]))


def complete(at: datetime) -> None:
    """The time for after-sale is over."""
    orders_completed_by_time(clock=lambda: at, actor="clockwork")


def withdraw(at: datetime) -> None:
    """What is ours at the channel goes to our bank (提现); a month after the first payments nothing is left of them
    to be split, so the channel's clock goes on to today."""
    with channels_sandboxed():
        channel = PaymentChannel.objects.get(code=CHANNEL)
        with clock_of(channel, at) as steer:
            steer("withdraw", {"account": channel.account, "amount": WITHDRAWN_MINOR})


def _run(at: datetime, *, times: int) -> None:
    """The clock's looks at refunds, subsidies and splits, here and at the channel."""
    with channels_sandboxed():
        channel = PaymentChannel.objects.get(code=CHANNEL)
        for turn in range(times):
            _look(channel, at + turn * A_RUN)


def _look(channel: PaymentChannel, moment: datetime) -> None:
    with clock_of(channel, moment, stays=True):
        send_refunds(clock=lambda: moment, notify_url=lambda code: "")
        orders_split(clock=lambda: moment, zone=zone())
