"""Write a purchase down: its orders, their lines, and every share of every discount, frozen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from zhanggui.rows.document_numbers import fresh_number
from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.orders.models import LineShare, Order, OrderLine, OrderState, OrderStep, Purchase
from zhanggui.trade.promotions.shapes import Quote, QuotedLine, QuotedOrder


def place_purchase(
    *, buyer: Buyer, quote: Quote, address: Mapping[str, Any], request_key: str, request_digest: bytes,
    surface: str, notes: Mapping[int, str], at: datetime, expires_at: datetime,
    rebate_ppm: int = 0,
) -> Purchase:  # fmt: skip
    """This function will write down what `quote` says as a purchase, in the caller's transaction. `notes` is what the
    buyer tells each merchant, by its id; `rebate_ppm` of a million of the goods is promised to a member. Stock,
    coupons and money are the caller's to reserve and ask for."""
    purchase = Purchase.objects.create(
        purchase_no=fresh_number("", at), buyer_id=buyer.id, request_key=request_key,
        request_digest=request_digest, currency=quote.currency, goods_minor=quote.goods_minor,
        discount_minor=quote.discount_minor, freight_minor=quote.freight_minor, due_minor=quote.due_minor,
        address=dict(address), surface=surface, placed_at=at, expires_at=expires_at,
    )  # fmt: skip
    orders = Order.objects.bulk_create(
        _order(purchase, place, quoted, notes, rebate_ppm, at)
        for place, quoted in enumerate(quote.orders, start=1)
    )
    placed = [
        (line, quoted_line)
        for order, quoted in zip(orders, quote.orders, strict=True)
        for line, quoted_line in (
            (_line(order, place, one), one) for place, one in enumerate(quoted.lines, start=1)
        )
    ]
    OrderLine.objects.bulk_create([line for line, _ in placed])
    LineShare.objects.bulk_create(
        LineShare(
            line=line, merchant_id=line.merchant_id, kind=share.kind, source=share.source,
            amount_minor=share.amount_minor, platform_minor=share.platform_minor,
        )
        for line, quoted_line in placed
        for share in quoted_line.shares
    )  # fmt: skip
    OrderStep.objects.bulk_create(
        OrderStep(
            order=order, merchant_id=order.merchant_id, kind=OrderState.PLACED, at=at,
            actor=f"buyer:{buyer.number}",
        )
        for order in orders
    )  # fmt: skip
    return purchase


def _order(
    purchase: Purchase,
    place: int,
    quoted: QuotedOrder,
    notes: Mapping[int, str],
    rebate_ppm: int,
    at: datetime,
) -> Order:
    lines = quoted.lines
    return Order(
        order_no=f"{purchase.purchase_no}{place:02d}", purchase=purchase, merchant_id=quoted.merchant_id,
        supplier_id=quoted.supplier_id, warehouse_id=quoted.warehouse_id or None, buyer_id=purchase.buyer_id,
        kind=quoted.kind, currency=purchase.currency, goods_minor=sum(line.goods_minor for line in lines),
        shop_discount_minor=sum(line.shop_discount_minor for line in lines),
        platform_discount_minor=sum(line.platform_discount_minor for line in lines),
        freight_minor=sum(line.freight_minor for line in lines), due_minor=quoted.due_minor,
        region=str(purchase.address.get("region", "")), buyer_note=notes.get(quoted.merchant_id, "")[:200],
        rebate_ppm=rebate_ppm, placed_at=at,
    )  # fmt: skip


def _line(order: Order, place: int, quoted: QuotedLine) -> OrderLine:
    return OrderLine(
        order=order, merchant_id=order.merchant_id, line_no=str(place), sku_id=quoted.sku_id,
        sku_code=quoted.sku_code, spu_number=quoted.spu_number, category_code=quoted.category_code,
        sku_type=quoted.sku_type, title=dict(quoted.title), specs=dict(quoted.specs), picture=quoted.picture,
        quantity=quoted.quantity, unit_minor=quoted.unit_minor, supply_minor=quoted.supply_minor,
        goods_minor=quoted.goods_minor, shop_discount_minor=quoted.shop_discount_minor,
        platform_discount_minor=quoted.platform_discount_minor, freight_minor=quoted.freight_minor,
    )  # fmt: skip
