"""From checked cells to records: what each record must have, and what must fit together."""

from __future__ import annotations

from typing import Final

from zhanggui.settlement.intake.formats.zhanggui.cells import Cells, RowRefused
from zhanggui.settlement.intake.records import (
    DimensionRecord,
    LineRecord,
    OrderRecord,
    PartyRecord,
    PaymentRecord,
    RefundRecord,
)

STATUSES: Final = ("created", "paid", "shipped", "received", "completed", "cancelled")
REFUND_KINDS: Final = ("return", "price_protection", "goodwill", "unmatched")
PARTY_KINDS: Final = ("merchant", "supplier", "carrier", "distributor", "other")
DIMENSION_KINDS: Final = (
    "category",
    "spu",
    "sku",
    "sku_type",
    "level",
    "party_category",
    "business_line",
    "channel",
    "payment_method",
    "region",
)
_LONGEST_PARTY_CODE: Final = 64
#: An order is held in memory until its last row; this bounds it.
MOST_LINES: Final = 5_000


def require_currency(cells: Cells, currency: str) -> None:
    """Refuse money in another currency than the business line's. Raises RowRefused."""
    cells.require("currency")
    given = cells.text("currency")
    if given != currency:
        reason = f"is in {given} but the import is in {currency}; import each currency by itself"
        raise RowRefused("currency_refused", reason)


def order_of(row: int, cells: Cells) -> OrderRecord:
    """The head of an order, still without lines and payments. Raises RowRefused."""
    cells.require("order_no", "ordered_at")
    ordered_at = cells.time("ordered_at")
    assert ordered_at is not None
    return OrderRecord(
        row=row,
        order_no=cells.text("order_no"),
        ordered_at=ordered_at,
        status=cells.one_of("status", STATUSES, "status_refused", default="paid"),
        paid_at=cells.time("paid_at"),
        shipped_at=cells.time("shipped_at"),
        received_at=cells.time("received_at"),
        completed_at=cells.time("completed_at"),
        channel=cells.text("channel"),
        payment_method=cells.text("payment_method"),
        region=cells.text("region"),
        buyer=cells.text("buyer"),
        source_status=cells.text("source_status"),
        payments_listed=cells.one_of("payments_listed", ("no", "yes"), "flag_refused", default="no") == "yes",
    )


def line_of(cells: Cells) -> LineRecord:
    """An order line. Raises RowRefused."""
    cells.require("line_no", "merchant", "sku", "quantity", "goods_minor")
    line = LineRecord(
        line_no=cells.text("line_no"),
        merchant=cells.text("merchant"),
        sku=cells.text("sku"),
        quantity=cells.count("quantity", least=1),
        goods=cells.minor("goods_minor"),
        shop_discount=cells.minor("shop_discount_minor"),
        platform_discount=cells.minor("platform_discount_minor"),
        points_discount=cells.minor("points_discount_minor"),
        freight=cells.minor("freight_minor"),
        tax=cells.minor("tax_minor"),
        category=cells.text("category"),
        spu=cells.text("spu"),
        sku_type=cells.text("sku_type"),
        supplier=cells.text("supplier"),
        carrier=cells.text("carrier"),
        title=cells.text("title"),
        supply=cells.minor("supply_minor"),
    )
    discounts = line.shop_discount + line.platform_discount + line.points_discount
    if discounts > line.goods:
        reason = f"has discounts of {discounts} on goods of {line.goods}; a line cannot go below 0"
        raise RowRefused("discounts_exceed_goods", reason)
    return line


def payment_of(cells: Cells) -> PaymentRecord:
    """A payment; its keys are without `pay_`. Raises RowRefused."""
    cells.require("sequence", "method", "amount_minor")
    return PaymentRecord(
        sequence=cells.count("sequence", least=1),
        method=cells.text("method"),
        amount=cells.minor("amount_minor"),
        instalments=cells.count("instalments"),
        reference=cells.text("reference"),
        channel_number=cells.text("channel_number"),
    )


def add_line(order: OrderRecord, line: LineRecord) -> None:
    """Put a line on the order. Raises RowRefused if its number is there already."""
    if any(other.line_no == line.line_no for other in order.lines):
        raise RowRefused("line_repeated", f"repeats the line {line.line_no} of order {order.order_no}")
    if len(order.lines) >= MOST_LINES:
        raise RowRefused("order_too_long", f"is beyond the {MOST_LINES} lines that an order may have")
    order.lines.append(line)


def add_payment(order: OrderRecord, payment: PaymentRecord) -> None:
    """Put a payment on the order. Raises RowRefused if its sequence is there already."""
    if any(other.sequence == payment.sequence for other in order.payments):
        reason = f"repeats the payment {payment.sequence} of order {order.order_no}"
        raise RowRefused("payment_repeated", reason)
    if len(order.payments) >= MOST_LINES:
        raise RowRefused("order_too_long", f"is beyond the {MOST_LINES} payments that an order may have")
    order.payments.append(payment)


def refund_of(row: int, cells: Cells) -> RefundRecord:
    """A refund: of an order line, or `unmatched`, then of a merchant. Raises RowRefused."""
    cells.require("refund_no", "quantity", "goods_minor", "refunded_at")
    kind = cells.one_of("kind", REFUND_KINDS, "kind_refused", default="return")
    if kind == "unmatched":
        cells.require("merchant")
        if cells.filled & {"order_no", "line_no"}:
            raise RowRefused("kind_refused", "is unmatched but names an order or a line")
    else:
        cells.require("order_no", "line_no")
    refunded_at = cells.time("refunded_at")
    assert refunded_at is not None
    return RefundRecord(
        row=row,
        refund_no=cells.text("refund_no"),
        order_no=cells.text("order_no"),
        line_no=cells.text("line_no"),
        quantity=cells.count("quantity"),
        goods=cells.minor("goods_minor"),
        refunded_at=refunded_at,
        freight=cells.minor("freight_minor"),
        kind=kind,
        reason=cells.text("reason"),
        merchant=cells.text("merchant"),
        sku=cells.text("sku"),
        channel_number=cells.text("channel_number"),
    )


def party_of(cells: Cells) -> PartyRecord:
    """A merchant, supplier, carrier or other party. Raises RowRefused."""
    cells.require("code")
    code = cells.text("code")
    if len(code) > _LONGEST_PARTY_CODE:
        reason = f"has {len(code)} characters in code; at most {_LONGEST_PARTY_CODE} fit a party"
        raise RowRefused("text_too_long", reason)
    kind = cells.one_of("kind", PARTY_KINDS, "kind_refused")
    return PartyRecord(code, kind, _names(cells), level=cells.text("level"), category=cells.text("category"))


def dimension_of(cells: Cells) -> DimensionRecord:
    """A category, region, ... Raises RowRefused."""
    cells.require("code")
    kind = cells.one_of("kind", DIMENSION_KINDS, "kind_refused")
    return DimensionRecord(kind, cells.text("code"), _names(cells), parent=cells.text("parent"))


def _names(cells: Cells) -> dict[str, str]:
    """The names in the languages given; at least one. Raises RowRefused."""
    names = {language: cells.text(f"name_{language}") for language in ("zh", "en")}
    found = {language: name for language, name in names.items() if name}
    if not found:
        raise RowRefused("value_missing", "lacks a name: fill name_zh or name_en")
    return found
