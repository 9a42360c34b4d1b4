"""What buyers do in the mall: each pays several shops at once at the sandbox of WeChat Pay, over its own protocol;
shops ship, one thing comes back, and the settlement centre hears of it all."""

import secrets
import time
from collections.abc import Callable
from datetime import datetime

import httpx
from django.db import transaction
from django.db.models import Max, QuerySet

from zhanggui.clockwork.tell_settlement import tell_settlement
from zhanggui.journeys.channel_kept import channel_kept
from zhanggui.journeys.charge_answered import charge_asked
from zhanggui.journeys.goods_billable import goods_billable
from zhanggui.journeys.goods_received import goods_received
from zhanggui.journeys.goods_shipped import goods_shipped
from zhanggui.journeys.parcel_tracked import parcel_tracked
from zhanggui.journeys.payment_begun import COMBINED, FEE_PPM, SUBSIDIZES, payment_begun
from zhanggui.journeys.purchase_placed import purchase_placed
from zhanggui.journeys.refund_answered import refund_sent
from zhanggui.journeys.return_asked import goods_came_back, goods_sent_back, return_agreed, return_asked
from zhanggui.parties.models import Party, PartyKind
from zhanggui.payments.channel import Method
from zhanggui.payments.models import Refund, RefundState
from zhanggui.payments.queries import open_attempts, payment_of
from zhanggui.portals.shell.moments import zone
from zhanggui.portals.shell.sandboxes import channels_sandboxed, sandbox_running
from zhanggui.settlement.entities.queries import business_line
from zhanggui.settlement.splits.queries import SPLITS
from zhanggui.trade.buyers.models import Address, Buyer
from zhanggui.trade.buyers.operations.sign_up import sign_up
from zhanggui.trade.catalogue.models import Sku, SpuState
from zhanggui.trade.catalogue.models.goods import GoodsKind
from zhanggui.trade.fulfilment.queries import parcels_of
from zhanggui.trade.fulfilment.rules import TrackingEvent
from zhanggui.trade.fulfilment.rules import Wanted as Packed
from zhanggui.trade.orders.models import Order, OrderLine, OrderState, Purchase
from zhanggui.trade.promotions.queries.quotes import quote
from zhanggui.trade.promotions.shapes import Wanted
from zhanggui.trade.returns.models import ReturnCase, ReturnKind
from zhanggui.trade.returns.operations.open_case import Asked

ACTOR = "zhanggui demo"
CHANNEL = "wechat"
AGREED_FEE_PPM = 6_000
TRIES, PAUSE_SECONDS = 40, 0.25
BUYERS = (
    ("lin", "林晓", "310000", "上海市", "黄浦区南京东路 1 号 501"),
    ("chen", "陈默", "440000", "深圳市", "南山区科苑路 18 号"),
    ("anna", "Anna Weber", "110000", "北京市", "朝阳区工体北路 8 号"),
)
BASKETS = (("lin", 3), ("chen", 2), ("anna", 4), ("lin", 2))
"""Who buys, and from how many shops at once; some of what they buy is sent by suppliers."""
KEEPS_COUPONS = "lin"
"""Who has the rebate of the mall's first month still."""


def open_channel(at: datetime) -> None:
    """WeChat Pay, at the sandbox of this home; it keeps parts of a payment apart (合单), splits them (分账), lets
    buyers pay to sub-merchants (二级商户) for the fee agreed, and takes what we add to those orders (补差)."""
    with sandbox_running("wechat") as client:
        channel_kept(
            code=CHANNEL, name={"zh": "微信支付", "en": "WeChat Pay"}, rail=client["rail"], currency="CNY",
            account=client["settings"]["mchid"],
            settings=client["settings"]
            | {COMBINED: "yes", SPLITS: "yes", SUBSIDIZES: "yes", FEE_PPM: str(AGREED_FEE_PPM)},
            secrets=client["secrets"], active=True, at=at, actor=ACTOR,
        )  # fmt: skip


def sign_buyers_up(at: datetime) -> None:
    """Three buyers, each with an address."""
    for username, name, region, city, street in BUYERS:
        buyer = sign_up(username=username, password=secrets.token_urlsafe(12), at=at, phone="13800000000")
        Buyer.objects.filter(id=buyer.id).update(name=name)
        Address.objects.create(
            buyer=buyer, recipient=name, phone="13800000000", region=region, city=city, street=street,
            preferred=True,
        )  # fmt: skip


def buy(at: datetime) -> None:
    """Baskets over several shops, each ordered and paid with one payment on the sandbox's own page."""
    with channels_sandboxed(), httpx.Client(timeout=20, trust_env=False) as browser:
        for place, (username, shops) in enumerate(BASKETS):
            pay(browser, order_basket(username, shops, place, at), lambda: at)
    tell_settlement(clock=lambda: at, zone=zone())


def order_basket(username: str, shops: int, place: int, at: datetime) -> Purchase:
    """One thing of each of so many shops, other ones in every basket; twice is once."""
    wanted = [Wanted(sku_id, 1 + (place + turn) % 2) for turn, sku_id in enumerate(_goods(shops, place))]
    held = [] if username == KEEPS_COUPONS else None
    return order(username, wanted, f"demo-{place}", ("pc", "phone", "weixin", "weibo")[place % 4], at, held)


def order(
    username: str, wanted: list[Wanted], key: str, surface: str, at: datetime, held: list[int] | None = None
) -> Purchase:
    """What a buyer orders, with these coupons or (None) those that take most off; twice under one key is once."""
    buyer = Buyer.objects.get(user__username=username)
    address = Address.objects.get(buyer=buyer, preferred=True)
    price = quote(
        wanted=wanted, buyer=buyer, region=address.region, currency="CNY", held_coupons=held, at=at
    ).due_minor
    return purchase_placed(
        buyer=buyer, wanted=wanted, address_id=address.id, currency="CNY", region=address.region,
        held_coupons=held, request_key=key, expected_due_minor=price, surface=surface, notes={}, at=at,
    )  # fmt: skip


def _goods(shops: int, place: int) -> list[int]:
    merchants = list(
        Party.objects.filter(kind=PartyKind.MERCHANT, id__in=_listed().values("owner_id")).order_by("code")
    )
    chosen = [merchants[(place * 3 + turn) % len(merchants)] for turn in range(shops)]
    return [_listed().filter(owner_id=merchant.id).order_by("code")[place].id for merchant in chosen]


def _listed() -> QuerySet[Sku]:
    return Sku.objects.filter(
        spu__state=SpuState.LISTED, spu__supply=False, spu__kind=GoodsKind.PHYSICAL, active=True,
        prices__currency="CNY",
    )  # fmt: skip


def pay(browser: httpx.Client, purchase: Purchase, clock: Callable[[], datetime]) -> None:
    """The buyer scans the code and pays on the page it leads to; the channel is asked, since nobody listens yet."""
    payment = payment_of(purchase.purchase_no)
    if payment is None or payment.paid_at:
        return
    invitation = payment_begun(
        payment=payment, channel_code=CHANNEL, method=Method.QR, notify_url="http://127.0.0.1:1/notices/wechat/",
        return_url="", payer="", payer_address="127.0.0.1", clock=clock,
    )  # fmt: skip
    browser.post(invitation.value, data={"act": "pay"}).raise_for_status()
    for attempt in open_attempts(payment):
        charge_asked(attempt=attempt, clock=clock)


def ship(at: datetime) -> None:
    """Every shop but one ships what was bought, or its supplier does, with one of two carriers."""
    waiting = list(
        Order.objects.filter(state=OrderState.PAID, kind=GoodsKind.PHYSICAL).order_by(
            "-supplier_id", "order_no"
        )
    )
    for place, row in enumerate(waiting[:-1]):
        ship_order(row, ("carrier-heron", "carrier-iron-horse")[place % 2], at)


def ship_order(row: Order, carrier: str, at: datetime) -> None:
    """All of an order leaves with a carrier."""
    goods_shipped(
        shipper_id=row.supplier_id or row.merchant_id, wanted=[Packed(row.order_no)], carrier=carrier,
        tracking_no=f"ZG{row.order_no[-8:]}", at=at, actor=ACTOR,
    )  # fmt: skip
    _said(row, TrackingEvent(at, "快递员已揽收 · Picked up", "1"))


def _said(row: Order, *events: TrackingEvent) -> None:
    """What the carriers say of an order's parcels."""
    for parcel in parcels_of(row.id):
        parcel_tracked(carrier=parcel.carrier, tracking_no=parcel.tracking_no, events=events)


def receive(at: datetime) -> None:
    """Carriers say where parcels are; buyers confirm what arrived; one order is still on its way."""
    shipped = list(Order.objects.filter(state=OrderState.SHIPPED).order_by("-supplier_id", "order_no"))
    for row in shipped:
        _said(
            row, TrackingEvent(at, "到达转运中心 · At the sorting centre", "2", row.purchase.address["city"])
        )
    for row in shipped[:-1]:
        receive_order(row, at)
    settle(at)


def receive_order(row: Order, at: datetime) -> None:
    """A parcel is delivered, and its buyer says so."""
    _said(row, TrackingEvent(at, "已签收 · Delivered", "3", delivered=True))
    goods_received(order_no=row.order_no, buyer_ids=[row.buyer_id], at=at, actor=ACTOR)


def settle(at: datetime) -> None:
    """The settlement centre hears of what happened, and bills it."""
    tell_settlement(clock=lambda: at, zone=zone())
    goods_billable(business_line=business_line("mall"), as_of=at, clock=lambda: at, zone=zone(), actor=ACTOR)


def bring_back(at: datetime) -> None:
    """One thing comes back: asked, agreed, sent, received, and its money given back at the channel."""
    with transaction.atomic():
        if not ReturnCase.objects.exclude(order__supplier_id=0).exists():
            received = Order.objects.filter(state=OrderState.RECEIVED)
            # A supplier's goods: their price goes back, too.
            return_one(received.order_by("-supplier_id", "order_no")[0], 1, at)
    send_refunds(at)


def send_refunds(at: datetime) -> None:
    """Every refund is given back at the channel, and billed."""
    with channels_sandboxed():
        waiting = Refund.objects.exclude(state=RefundState.SUCCEEDED)
        for refund in waiting.select_related("charge__channel", "charge__attempt", "part"):
            # The gateway takes a refund in first, and says a moment later that it is done.
            for _ in range(TRIES):
                if refund_sent(refund=refund, notify_url="", clock=lambda: at).state == RefundState.SUCCEEDED:
                    break
                time.sleep(PAUSE_SECONDS)
    # The channel says when the money went back: after the act began.
    ended = Refund.objects.aggregate(last=Max("ended_at"))["last"]
    settle(max(at, ended or at))


def return_one(order: Order, quantity: int, at: datetime) -> None:
    """So many of the first thing of an order come back; its money is to be given back."""
    line = OrderLine.objects.filter(order=order).order_by("id")[0]
    case = return_asked(
        order_no=order.order_no, kind=ReturnKind.RETURN_REFUND, reason="damaged", text="收到时有裂纹", pictures=[],
        asked=[Asked(line.id, quantity)], at=at,
    )  # fmt: skip
    return_agreed(case_no=case.case_no, at=at, actor=ACTOR, text="抱歉，请寄回")
    goods_sent_back(
        case_no=case.case_no, carrier="carrier-heron", tracking_no=f"ZGBACK{case.id:04d}", at=at, actor=ACTOR
    )
    goods_came_back(case_no=case.case_no, at=at, actor=ACTOR)
