"""Paid orders as text, and what is needed to ship them: merchants, a supplier, carriers, buyers, stock."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from zhanggui.parties.models import Party, PartyKind
from zhanggui.payments.models import (
    Charge,
    ChargePart,
    Payment,
    PaymentAttempt,
    PaymentChannel,
    PaymentPart,
    PaymentState,
)
from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.buyers.operations.sign_up import sign_up
from zhanggui.trade.catalogue.models import Category, ProductType, Sku, Spu, SpuStep, Stock, Warehouse
from zhanggui.trade.catalogue.operations.receive_stock import receive_stock
from zhanggui.trade.catalogue.operations.reserve_stock import reserve_stock
from zhanggui.trade.catalogue.rules.stock import StockMove
from zhanggui.trade.orders.models import LineShare, Order, OrderLine, OrderStep, Purchase

NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
ADDRESS = {
    "recipient": "王小明",
    "phone": "13800001111",
    "region": "310000",
    "city": "上海",
    "street": "南京东路 1 号",
}
CHINESE = {"cup": "茶杯", "pot": "茶壶", "code": "兑换码"}
PARTIES = {
    "tea": (PartyKind.MERCHANT, "云雾茶庄", "Cloud Tea"),
    "books": (PartyKind.MERCHANT, "知味书屋", "Zhiwei Books"),
    "farm": (PartyKind.SUPPLIER, "武夷农场", "Wuyi Farm"),
    "sf": (PartyKind.CARRIER, "顺丰速运", "SF Express"),
    "yto": (PartyKind.CARRIER, "圆通速递", "YTO Express"),
}


class Sold:
    """A mall in which things were bought. Orders are made with `order("A tea cup:2 pot:1")`."""

    def __init__(self, *, english: bool = True) -> None:
        self.english = english
        self.parties = {
            code: Party.objects.get_or_create(
                code=code, defaults={"kind": kind, "name": {"zh": zh, "en": en}}
            )[0]
            for code, (kind, zh, en) in PARTIES.items()
        }
        self.warehouses = {
            code: Warehouse.objects.create(
                owner_id=self.id(code), code=f"{code}-1", name={"zh": "主仓", "en": "Main"}
            )
            for code in ("tea", "books", "farm")
        }
        kind = ProductType.objects.create(code="plain", name={"zh": "普通", "en": "Plain"})
        top = Category.objects.create(code="all", name={"zh": "全部", "en": "All"})
        self.category = Category.objects.create(
            code="cups", name={"zh": "茶具", "en": "Cups"}, parent=top, product_type=kind
        )
        self.buyers = {name: self._buyer(name) for name in ("wang", "li")}

    def id(self, code: str) -> int:
        """The id of a party."""
        return int(self.parties[code].id)

    def title(self, name: str) -> dict[str, str]:
        """What goods are called; a mall may have Chinese names alone."""
        chinese = {"zh": CHINESE[name.removesuffix("*")]}
        return chinese | {"en": f"Goods {name}"} if self.english else chinese

    def sku(self, owner: str, name: str, kind: str = "physical", stock: int = 100) -> Sku:
        """A SKU of an owner, with stock, made on first use; `name` may end in `*`: listed from the farm's supply."""
        code = f"{owner}-{name}".upper()
        there = Sku.objects.filter(code=code).first()
        if there is not None:
            return there
        source = self.sku("farm", name.removesuffix("*"), kind) if name.endswith("*") else None
        spu = Spu.objects.create(
            number=f"G-{code}", owner_id=self.id(owner), category=self.category, kind=kind, supply=owner == "farm",
            source=source.spu if source else None, supplier_id=self.id("farm") if source else 0,
            title=self.title(name), created_at=NOW, changed_at=NOW, state="listed",
        )  # fmt: skip
        SpuStep.objects.create(spu=spu, before="draft", after="listed", at=NOW, actor="tests")
        sku = Sku.objects.create(code=code, spu=spu, owner_id=self.id(owner), source=source)
        if source is None and kind != "digital":
            self.receive(sku, self.warehouses[owner], stock)
        return sku

    def order(
        self, text: str, *, state: str = "paid", kind: str = "physical", buyer: str = "wang",
        address: dict[str, Any] | None = None, paid_at: datetime = NOW,
    ) -> Order:  # fmt: skip
        """An order such as `A tea cup:2 pot:1`: number, merchant, units of goods at 10.00 each, 1.00 off the first
        line by a coupon the platform funds with 0.40."""
        number, merchant, *goods = text.split()
        lines = [(name, int(units)) for name, _colon, units in (one.partition(":") for one in goods)]
        supplied = all(name.endswith("*") for name, _units in lines)
        total = 1000 * sum(units for _name, units in lines)
        waiting = state == "placed"
        purchase = Purchase.objects.create(
            purchase_no=f"BUY-{number}", buyer_id=self.buyers[buyer].id, request_key=number, request_digest=bytes(32),
            currency="CNY", state="placed" if waiting else "cancelled" if state == "cancelled" else "paid",
            goods_minor=total, discount_minor=100, freight_minor=0, due_minor=total - 100, placed_at=paid_at,
            address=ADDRESS if address is None else address, expires_at=paid_at + timedelta(minutes=30),
            paid_at=None if state in ("placed", "cancelled") else paid_at,
        )  # fmt: skip
        owner = "farm" if supplied else merchant
        order = Order.objects.create(
            order_no=number, purchase=purchase, merchant_id=self.id(merchant), buyer_id=purchase.buyer_id, kind=kind,
            supplier_id=self.id("farm") if supplied else 0, state=state, currency="CNY", goods_minor=total,
            warehouse=None if kind == "digital" else self.warehouses[owner], shop_discount_minor=60,
            platform_discount_minor=40, freight_minor=0, due_minor=total - 100, region="310000", placed_at=paid_at,
            paid_at=purchase.paid_at, buyer_note="",
        )  # fmt: skip
        self._payment(order)
        for place, (name, units) in enumerate(lines, start=1):
            self._line(order, merchant, name, units, place)
        OrderStep.objects.create(
            order=order, merchant_id=order.merchant_id, kind="placed", at=paid_at, actor="buyer:1"
        )
        return order

    def _line(self, order: Order, merchant: str, name: str, units: int, place: int) -> None:
        sku, first = self.sku(merchant, name, order.kind), place == 1
        line = OrderLine.objects.create(
            order=order, merchant_id=order.merchant_id, line_no=str(place), sku=sku, sku_code=sku.code,
            spu_number=sku.spu.number, category_code="cups", title=sku.spu.title, quantity=units, unit_minor=1000,
            goods_minor=1000 * units, supply_minor=600 if order.supplier_id else 0,
            shop_discount_minor=60 if first else 0, platform_discount_minor=40 if first else 0,
        )  # fmt: skip
        if first:
            LineShare.objects.create(
                line=line, merchant_id=order.merchant_id, kind="shop_coupon", source="JUNE", amount_minor=100,
                platform_minor=40,
            )  # fmt: skip
        if order.warehouse_id and order.state in ("placed", "paid"):
            move = StockMove(sku.source_id or sku.id, order.warehouse_id, units, order.order_no)
            with transaction.atomic():
                reserve_stock(moves=[move], at=NOW, actor="tests")

    def receive(self, sku: Sku, warehouse: Warehouse, units: int) -> None:
        """So many of a SKU come in."""
        with transaction.atomic():
            receive_stock(moves=[StockMove(sku.id, warehouse.id, units, "first")], at=NOW, actor="tests")

    def _payment(self, order: Order) -> None:
        """What the buyer was asked for, and paid in cash at our counter."""
        purchase, states = order.purchase, PaymentState
        state = {"placed": states.OPEN, "paid": states.PAID}.get(purchase.state, states.CLOSED)
        amount, part = purchase.due_minor, {"reference": order.order_no, "party_id": order.merchant_id}
        payment = Payment.objects.create(
            payment_no=f"PAY-{order.order_no}"[:32], subject=purchase.purchase_no, payer_id=order.buyer_id,
            currency="CNY", amount_minor=amount, title="", state=state, made_at=purchase.placed_at,
            expires_at=purchase.expires_at, paid_at=purchase.paid_at,
        )  # fmt: skip
        PaymentPart.objects.create(payment=payment, amount_minor=amount, **part)
        if state != states.PAID:
            return
        channel, _made = PaymentChannel.objects.get_or_create(
            code="offline",
            defaults={
                "name": {"zh": "柜台", "en": "Counter"},
                "rail": "offline",
                "currency": "CNY",
                "account": "1",
            },
        )
        attempt = PaymentAttempt.objects.create(
            payment=payment, channel=channel, number=payment.payment_no, method="page", state="paid",
            made_at=purchase.placed_at,
        )  # fmt: skip
        charge = Charge.objects.create(
            attempt=attempt, payment=payment, channel=channel, channel_number=payment.payment_no, use="accepted",
            currency="CNY", amount_minor=amount, charged_at=purchase.placed_at, recorded_at=purchase.placed_at,
        )  # fmt: skip
        ChargePart.objects.create(
            charge=charge,
            number=attempt.number,
            channel_number=charge.channel_number,
            amount_minor=amount,
            **part,
        )

    def _buyer(self, name: str) -> Buyer:
        return sign_up(username=f"buyer-{name}", password="oolong-und-regen-17", at=NOW, phone="13800001111")

    def stock(self, owner: str, name: str) -> tuple[int, int]:
        """On hand and reserved of an owner's goods."""
        row = Stock.objects.get(sku__code=f"{owner}-{name}".upper(), warehouse=self.warehouses[owner])
        return row.on_hand, row.reserved


def state_of(order: Order) -> str:
    """The order's station now."""
    return str(Order.objects.values_list("state", flat=True).get(id=order.id))


def steps_of(order: Order) -> list[str]:
    """What happened to an order, in order."""
    return list(order.steps.order_by("id").values_list("kind", flat=True))
