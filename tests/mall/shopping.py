"""A mall with three shops and a buyer, small and quick: what tests of orders, payments and after-sale stand on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from tests.isolation.market import NOW, ZONE, preset
from tests.mall.pretend_channel import ACCOUNT, PretendChannel
from zhanggui.clockwork.mind_payments import send_refunds
from zhanggui.journeys.business_line_opened import business_line_opened
from zhanggui.journeys.charge_answered import charge_asked
from zhanggui.journeys.goods_received import goods_received, orders_completed_by_time
from zhanggui.journeys.goods_shipped import goods_shipped
from zhanggui.journeys.payment_begun import payment_begun
from zhanggui.journeys.purchase_placed import purchase_placed
from zhanggui.parties.models import Party, PartyKind
from zhanggui.payments import wired
from zhanggui.payments.channel import Invitation, Method
from zhanggui.payments.models import Payment, PaymentChannel
from zhanggui.payments.queries import attempt_by_number, payment_of
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.trade.buyers.models import Address, Buyer
from zhanggui.trade.buyers.operations.sign_up import sign_up
from zhanggui.trade.catalogue.models import (
    Category,
    ProductType,
    Shop,
    Sku,
    SkuPrice,
    Spu,
    SpuState,
    SpuStep,
    Warehouse,
)
from zhanggui.trade.catalogue.models.goods import GoodsKind
from zhanggui.trade.catalogue.operations.receive_stock import receive_stock
from zhanggui.trade.catalogue.rules.stock import StockMove
from zhanggui.trade.fulfilment.queries import shipper_of
from zhanggui.trade.fulfilment.rules import Wanted as Packed
from zhanggui.trade.orders.models import Order, Purchase
from zhanggui.trade.parameters.operations.set_parameter import set_parameter
from zhanggui.trade.promotions.queries.quotes import quote
from zhanggui.trade.promotions.shapes import Wanted

SHOPS = {"tea": ("茶铺", "Tea house"), "kiln": ("窑口", "The kiln"), "glass": ("玻璃坊", "Glass works")}
NOTIFY = "https://mall.example/notices/wechat/"


@dataclass
class Clock:
    """The time of a test; `later` lets some of it pass."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def later(self, **time: float) -> datetime:
        self.now += timedelta(**time)
        return self.now


@dataclass
class Mall:
    """What tests ask for."""

    line: BusinessLine
    buyer: Buyer
    address: Address
    channel: PretendChannel
    skus: dict[str, Sku]
    clock: Any = field(default_factory=Clock)
    keys: count = field(default_factory=lambda: count(1))

    def party(self, code: str) -> Party:
        return Party.objects.get(code=code)

    def add_goods(
        self, code: str, shop: str, price: int, *, stock: int = 100, kind: GoodsKind = GoodsKind.PHYSICAL,
        supply: bool = False,
    ) -> Sku:  # fmt: skip
        """Goods on sale with one SKU of the same code; with `supply` offered to shops at that price."""
        owner = self.party(shop).id
        spu = Spu.objects.create(
            number=f"N-{code}", owner_id=owner, category=Category.objects.get(code="green-tea"), kind=kind,
            title={"zh": f"商品{code}", "en": f"Goods {code}"}, state=SpuState.LISTED, created_at=self.clock(),
            changed_at=self.clock(), listed_at=self.clock(), supply=supply,
        )  # fmt: skip
        SpuStep.objects.create(
            spu=spu, before=SpuState.SUBMITTED, after=SpuState.LISTED, at=self.clock(), actor="tests"
        )
        sku = Sku.objects.create(code=code, spu=spu, owner_id=owner, weight_grams=500)
        SkuPrice.objects.create(sku=sku, currency="CNY", price_minor=price)
        if stock:
            warehouse, _ = Warehouse.objects.get_or_create(owner_id=owner, code="main", name={"zh": "主仓"})
            receive_stock(
                moves=[StockMove(sku.id, warehouse.id, stock, f"in-{code}")], at=self.clock(), actor="tests"
            )
        self.skus[code] = sku
        return sku

    def wanted(self, *codes: tuple[str, int]) -> list[Wanted]:
        return [Wanted(self.skus[code].id, quantity) for code, quantity in codes]

    def due(self, wanted: Sequence[Wanted], held: Sequence[int] | None = None) -> int:
        return quote(
            wanted=wanted, buyer=self.buyer, region=self.address.region, currency="CNY", held_coupons=held,
            at=self.clock(),
        ).due_minor  # fmt: skip

    def place(
        self,
        *codes: tuple[str, int],
        key: str = "",
        held: Sequence[int] | None = None,
        due: int | None = None,
    ) -> Purchase:
        """The buyer orders, for what is shown."""
        wanted = self.wanted(*codes)
        return purchase_placed(
            buyer=self.buyer, wanted=wanted, address_id=self.address.id, currency="CNY", region="SH",
            held_coupons=held, request_key=key or f"key-{next(self.keys)}", surface="pc", notes={},
            expected_due_minor=self.due(wanted, held) if due is None else due, at=self.clock(),
        )  # fmt: skip

    def begin(self, purchase: Purchase) -> Invitation:
        """The buyer asks to pay."""
        return begin(purchase, self.clock)

    def payment(self, purchase: Purchase) -> Payment:
        return payment_for(purchase)

    def pay(self, purchase: Purchase) -> Purchase:
        """The buyer pays, and the channel is asked."""
        pay(purchase, self.channel, self.clock)
        purchase.refresh_from_db()
        return purchase

    def buy(self, *codes: tuple[str, int]) -> list[Order]:
        """Ordered and paid."""
        return self.orders(self.pay(self.place(*codes)))

    def orders(self, purchase: Purchase) -> list[Order]:
        return list(Order.objects.filter(purchase=purchase).order_by("order_no"))

    def ship(self, order: Order) -> Order:
        """All of it leaves in one parcel."""
        goods_shipped(
            shipper_id=shipper_of(order), wanted=[Packed(order.order_no)], carrier="heron",
            tracking_no=f"H{order.order_no}", at=self.clock(), actor="tests",
        )  # fmt: skip
        return Order.objects.get(id=order.id)

    def receive(self, order: Order) -> Order:
        """Shipped, and the buyer confirms it."""
        self.ship(order)
        return self.confirm(order)

    def confirm(self, order: Order) -> Order:
        """The buyer says that it is there."""
        goods_received(order_no=order.order_no, buyer_ids=[order.buyer_id], at=self.clock(), actor="buyer:1")
        return Order.objects.get(id=order.id)

    def complete(self, order: Order) -> Order:
        """The time for after-sale passes."""
        self.clock.later(days=8)
        orders_completed_by_time(clock=self.clock, actor="clockwork")
        return Order.objects.get(id=order.id)

    def send_refunds(self) -> None:
        send_refunds(clock=self.clock, notify_url=lambda code: NOTIFY)


def open_mall() -> Mall:
    """The mall as it stands on the first morning; needs a database test."""
    names = preset() | {"code": "mall", "name": {"zh": "商城", "en": "Mall"}}
    line = business_line_opened(preset=names, at=NOW, actor="tests")
    mall = open_shops(line, SHOPS, PretendChannel(), Clock())
    for code, shop, price in (("TEA-1", "tea", 8800), ("TEA-2", "tea", 1999), ("CUP-1", "kiln", 4900),
                              ("VASE", "glass", 88000)):  # fmt: skip
        mall.add_goods(code, shop, price)
    return mall


def open_shops(
    line: BusinessLine, shops: Mapping[str, tuple[str, str]], channel: PretendChannel, clock: Callable[[], datetime]
) -> Mall:  # fmt: skip
    """Shops without goods, a channel, a carrier and a buyer with an address."""
    at = clock()
    set_parameter(code="surface_title", value="掌柜", at=at, actor="tests")
    kind = ProductType.objects.create(code="tea", name={"zh": "茶", "en": "Tea"})
    top = Category.objects.create(code="drinks", name={"zh": "饮品", "en": "Drinks"})
    Category.objects.create(
        code="green-tea", name={"zh": "绿茶", "en": "Green tea"}, parent=top, product_type=kind
    )
    for code, (zh, en) in shops.items():
        party, _ = Party.objects.get_or_create(
            code=code, defaults={"kind": PartyKind.MERCHANT, "name": {"zh": zh, "en": en}}
        )
        Shop.objects.create(merchant_id=party.id, code=code, name={"zh": zh, "en": en}, opened_at=at)
    Party.objects.create(kind=PartyKind.CARRIER, code="heron", name={"zh": "鹭羽速运", "en": "Heron Express"})
    take_channel(channel)
    return Mall(line, *new_buyer("buyer-1", at), channel, {}, clock)


def take_channel(channel: PretendChannel) -> None:
    """WeChat Pay, as a channel of tests plays it; it keeps the parts of a payment apart."""
    wired.rails()
    wired.register_rail("pretend", lambda settings, secrets: channel)
    PaymentChannel.objects.create(
        code="wechat", name={"zh": "微信支付", "en": "WeChat Pay"}, rail="pretend", currency="CNY",
        account=ACCOUNT, settings={"combines": "yes"},
    )  # fmt: skip


def payment_for(purchase: Purchase) -> Payment:
    found = payment_of(purchase.purchase_no)
    assert found is not None
    return found


def begin(purchase: Purchase, clock: Callable[[], datetime]) -> Invitation:
    """The buyer asks to pay."""
    return payment_begun(
        payment=payment_for(purchase), channel_code="wechat", method=Method.QR, notify_url=NOTIFY,
        return_url="", payer="", payer_address="127.0.0.1", clock=clock,
    )  # fmt: skip


def pay(purchase: Purchase, channel: PretendChannel, clock: Callable[[], datetime]) -> None:
    """The buyer pays, and the channel is asked."""
    number = begin(purchase, clock).value.rpartition("/")[2]
    channel.pay(number, at=clock())
    attempt = attempt_by_number(number)
    assert attempt is not None
    charge_asked(attempt=attempt, clock=clock)


def new_buyer(name: str, at: datetime) -> tuple[Buyer, Address]:
    """A buyer, and where it lives."""
    buyer = sign_up(username=name, password="a long enough pass phrase", at=at)
    address = Address.objects.create(
        buyer=buyer, recipient="王小明", phone="13800000000", region="SH", city="上海", street="南京东路1号",
        preferred=True,
    )  # fmt: skip
    return buyer, address


__all__ = ["NOW", "ZONE", "Clock", "Mall", "open_mall"]
