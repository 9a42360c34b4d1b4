"""What buyers and their channel may do on a simulated street."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction

from tests.mall.shopping import NOTIFY
from zhanggui.clockwork.mind_payments import ask_for_charges, cancel_expired, send_refunds
from zhanggui.journeys.channel_notified import channel_notified
from zhanggui.journeys.order_called_off import order_called_off
from zhanggui.journeys.payment_begun import payment_begun
from zhanggui.journeys.purchase_cancelled import purchase_cancelled
from zhanggui.journeys.purchase_placed import purchase_placed
from zhanggui.journeys.refund_resolved import refund_asked_again, refund_paid_otherwise
from zhanggui.payments.channel import ChargeState, Method
from zhanggui.payments.models import Refund, RefundState
from zhanggui.payments.queries import payment_of
from zhanggui.trade.carts.operations.add_to_cart import add_to_cart
from zhanggui.trade.carts.queries import wanted_of
from zhanggui.trade.carts.shapes import CartOwner
from zhanggui.trade.catalogue.models import SkuPrice, Spu, Warehouse
from zhanggui.trade.catalogue.operations.list_supply_goods import list_supply_goods
from zhanggui.trade.catalogue.operations.receive_stock import receive_stock
from zhanggui.trade.catalogue.rules.goods import PriceDraft
from zhanggui.trade.catalogue.rules.stock import StockMove
from zhanggui.trade.orders.models import Order, OrderState, Purchase, PurchaseState
from zhanggui.trade.pricing.operations.add_freight_template import add_freight_template
from zhanggui.trade.pricing.rules.freight import FreightStep
from zhanggui.trade.promotions.models import HeldCoupon, HeldState
from zhanggui.trade.promotions.operations.add_saving import add_saving
from zhanggui.trade.promotions.operations.claim_coupon import claim_coupon
from zhanggui.trade.promotions.operations.issue_coupon import issue_coupon
from zhanggui.trade.promotions.queries.quotes import quote

COUPONS = ("shop-amount", "shop-percent", "platform")


def some[Row](street: Any, rows: Any) -> Row | None:
    """One of them, if there is any."""
    found = list(rows)
    return street.chance.choice(found) if found else None


@transaction.atomic
def open_for_buying(street: Any) -> None:
    """Goods with odd prices, little stock of some, freight, savings and coupons."""
    chance, at, shops = street.chance, street.story.clock(), street.shops
    always = {"starts_at": at, "ends_before": at + timedelta(days=900), "at": at, "actor": "sim"}
    for code in ("m1", "m2", "m3"):
        for place in range(2):
            price = chance.choice([1, 99, 3333, chance.randint(100, 20_000)])
            shops.add_goods(f"{code}-{place}", code, price, stock=chance.choice([3, 20, 20]))
        template = add_freight_template(
            owner_id=street.story.party(code), code=f"freight-{code}", name={"en": code, "zh": code}, currency="CNY",
            basis="piece", rows=[FreightStep((), 1, chance.randint(0, 900), 1, chance.randint(0, 99))], at=at,
            actor="sim",
        )  # fmt: skip
        Spu.objects.filter(number=f"N-{code}-0").update(freight_template_id=template.id)
    names = {"en": "x", "zh": "x"}
    _list_supplies(street)
    add_saving(
        code="save-m1", name=names, merchant_id=street.story.party("m1"), currency="CNY",
        steps=[[2000, 137], [9000, 1001]], **always,
    )  # fmt: skip
    add_saving(
        code="save-all", name=names, merchant_id=0, currency="CNY", steps=[[5000, 333]], platform_ppm=333_333,
        **always,
    )  # fmt: skip
    when = {
        "claim_starts_at": at, "claim_ends_before": at + timedelta(days=900), "use_starts_at": at,
        "use_ends_before": at + timedelta(days=900), "at": at, "actor": "sim", "name": names, "currency": "CNY",
        "per_buyer": 2,
    }  # fmt: skip
    issue_coupon(
        code="shop-amount",
        merchant_id=street.story.party("m1"),
        kind="amount",
        amount_minor=501,
        total=4,
        **when,
    )
    issue_coupon(
        code="shop-percent", merchant_id=street.story.party("m2"), kind="percent", off_ppm=133_333, most_minor=900,
        total=4, **when,
    )  # fmt: skip
    issue_coupon(
        code="platform", merchant_id=0, kind="amount", amount_minor=777, from_minor=1000, platform_ppm=500_001, total=4,
        **when,
    )  # fmt: skip


def _list_supplies(street: Any) -> None:
    """A shop sells what a supplier ships."""
    price, at = street.chance.randint(50, 9_000), street.story.clock()
    street.shops.add_goods("sup-0", "sup", price, stock=20, supply=True)
    listed = list_supply_goods(
        source_number="N-sup-0", merchant_id=street.story.party("m1"), at=at, actor="sim",
        prices={street.shops.skus.pop("sup-0").code: {"CNY": PriceDraft(price * 7 // 4)}},
    )  # fmt: skip
    street.shops.skus["m1-sup"] = listed.skus.get()


def fill(street: Any) -> None:
    """A buyer puts some goods of one to three shops into the cart."""
    chance = street.chance
    buyer, _ = chance.choice(street.buyers)
    for code in chance.sample(sorted(street.shops.skus), chance.choice([1, 2, 2, 3])):
        with transaction.atomic():
            add_to_cart(
                owner=CartOwner(buyer_id=buyer.id), sku_id=street.shops.skus[code].id, currency="CNY", member=False,
                quantity=chance.randint(1, 3), at=street.story.clock(),
            )  # fmt: skip


def claim(street: Any) -> None:
    """A buyer takes a coupon."""
    buyer, _ = street.chance.choice(street.buyers)
    with transaction.atomic():
        claim_coupon(code=street.chance.choice(COUPONS), buyer_id=buyer.id, at=street.story.clock())


def place(street: Any) -> None:
    """A buyer orders what is in a cart, with the best coupons, none, or chosen ones (which may be gone); a price may
    change while the buyer looks; a click may come twice."""
    chance = street.chance
    carts = [(one, address, wanted_of(CartOwner(buyer_id=one.id))) for one, address in street.buyers]
    found = some(street, [one for one in carts if one[2]])
    if found is None:
        return
    buyer, address, wanted = found
    held: list[int] | None = chance.choice([None, None, []])
    if chance.random() < 0.25:
        mine = HeldCoupon.objects.filter(buyer_id=buyer.id).order_by("id")
        mine = mine if chance.random() < 0.2 else mine.filter(state=HeldState.FREE)
        held = list(mine.values_list("id", flat=True)[:1])
    shown = quote(
        wanted=wanted, buyer=buyer, region="SH", currency="CNY", held_coupons=held, at=street.story.clock()
    )
    if chance.random() < 0.05:
        reprice(street)
    number = f"key-{next(street.shops.keys)}"
    asked = {
        "buyer": buyer, "wanted": wanted, "address_id": address.id, "currency": "CNY", "region": "SH",
        "held_coupons": held, "request_key": number, "surface": "pc", "notes": {}, "expected_due_minor": shown.due_minor,
    }  # fmt: skip
    first = purchase_placed(**asked, at=street.story.clock())
    if chance.random() < 0.2:
        assert purchase_placed(**asked, at=street.story.clock()) == first


def begin(street: Any) -> None:
    """A buyer asks to pay, perhaps once more, perhaps another way."""
    purchase: Purchase | None = some(
        street, Purchase.objects.filter(state=PurchaseState.PLACED, due_minor__gt=0).order_by("id")
    )
    if purchase is None:
        return
    payment = payment_of(purchase.purchase_no)
    assert payment is not None
    payment_begun(
        payment=payment, channel_code="wechat", method=street.chance.choice([Method.QR, Method.QR, Method.PAGE]),
        notify_url=NOTIFY, return_url="", payer="", payer_address="127.0.0.1", clock=street.story.clock,
    )  # fmt: skip


def pay(street: Any) -> None:
    """A buyer pays at the channel whatever still can be paid there, in time or not."""
    open_there = [no for no, known in street.channel.charges.items() if known.state == ChargeState.WAITING]
    number: str | None = some(street, open_there)
    if number is not None:
        street.channel.pays(number, at=street.story.clock())


def buy(street: Any) -> None:
    """All of it in one go, as buyers mostly do."""
    for act in (fill, place, begin, pay):
        act(street)


def hear(street: Any) -> None:
    """Notices arrive."""
    for headers, body in street.channel.posts():
        channel_notified(channel_code="wechat", headers=headers, body=body, at=street.story.clock())


def ask(street: Any) -> None:
    ask_for_charges(clock=street.story.clock)


def expire(street: Any) -> None:
    cancel_expired(clock=street.story.clock)


def refund(street: Any) -> None:
    send_refunds(clock=street.story.clock, notify_url=lambda code: NOTIFY)


def channel_works(street: Any) -> None:
    street.channel.works()


def cancel(street: Any) -> None:
    """A buyer does not want to pay any more, or has paid and staff are not quick enough to know."""
    purchase: Purchase | None = some(
        street, Purchase.objects.exclude(state=PurchaseState.CANCELLED).order_by("id")
    )
    if purchase is not None and (purchase.state == PurchaseState.PLACED or street.chance.random() < 0.1):
        purchase_cancelled(purchase=purchase, clock=street.story.clock, actor="buyer")


def call_off(street: Any) -> None:
    """A paid order is called off."""
    order: Order | None = some(street, Order.objects.filter(state=OrderState.PAID).order_by("id"))
    if order is not None:
        order_called_off(order_no=order.order_no, reason="", at=street.story.clock(), actor="buyer")


def look_after_refunds(street: Any) -> None:
    """Staff take up a refund that needs them."""
    row: Refund | None = some(
        street, Refund.objects.filter(state__in=(RefundState.FAILED, RefundState.ABNORMAL)).order_by("id")
    )
    if row is not None:
        resolve_refund(street, row)


def resolve_refund(street: Any, row: Refund) -> None:
    """What failed is asked for again; where the channel cannot, the money is brought by hand."""
    if row.state == RefundState.FAILED:
        refund_asked_again(refund_no=row.refund_no, at=street.story.clock(), actor="staff")
        return
    street.by_hand[row.refund_no] = row.amount_minor
    try:
        refund_paid_otherwise(refund_no=row.refund_no, evidence="T-1", at=street.story.clock(), actor="staff")
    except BaseException:
        del street.by_hand[row.refund_no]
        raise


def reprice(street: Any) -> None:
    """A price falls, or rises."""
    sku = street.shops.skus[street.chance.choice(sorted(street.shops.skus))]
    price = SkuPrice.objects.get(sku=sku, currency="CNY")
    price.price_minor = max(1, price.price_minor * street.chance.choice([50, 90, 110]) // 100)
    price.save()


@transaction.atomic
def restock(street: Any) -> None:
    """More of something comes in."""
    sku = street.shops.skus[street.chance.choice(sorted(street.shops.skus))]
    sku = sku.source or sku
    warehouse = Warehouse.objects.get(owner_id=sku.owner_id)
    move = StockMove(sku.id, warehouse.id, street.chance.randint(1, 9), f"in-{street.story.now}")
    receive_stock(moves=[move], at=street.story.clock(), actor="sim")


BUYING: dict[Callable[[Any], None], int] = {
    fill: 4, claim: 2, place: 4, begin: 5, pay: 7, buy: 14, hear: 9, ask: 4, expire: 3, refund: 6, channel_works: 3,
    cancel: 2, call_off: 3, look_after_refunds: 3, reprice: 1, restock: 1,
}  # fmt: skip
