"""Olist's files as records: dictionaries and sellers first, then the orders in the order of their file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from zhanggui.settlement.intake.formats.olist.names import category_names, method_names, state_names
from zhanggui.settlement.intake.formats.olist.tables import ORDERS, Payment, Tables, load_tables, rows_of
from zhanggui.settlement.intake.formats.separated import SeparatedRow
from zhanggui.settlement.intake.formats.sources import require_folder
from zhanggui.settlement.intake.formats.times import parse_time
from zhanggui.settlement.intake.records import (
    DimensionRecord,
    LineRecord,
    OrderRecord,
    PartyRecord,
    PaymentRecord,
    Record,
    RejectRecord,
)

#: Olist's status and ours. An `unavailable` order was paid and never sent, so its money goes back: cancelled.
STATUSES: Final = {
    "created": "created",
    "approved": "paid",
    "invoiced": "paid",
    "processing": "paid",
    "shipped": "shipped",
    "delivered": "received",
    "canceled": "cancelled",
    "unavailable": "cancelled",
}
_COLUMNS: Final = (
    "order_id",
    "customer_id",
    "order_status",
    "order_purchase_timestamp",
    "order_approved_at",
    "order_delivered_carrier_date",
    "order_delivered_customer_date",
    "order_estimated_delivery_date",
)


def read_olist(path: Path, *, tz: ZoneInfo) -> Iterator[Record]:
    """Yield Olist's categories, states, payment methods and sellers, then its orders; times are read in `tz`.

    `row` of an order is its line in the orders file. Every row that cannot be used is a RejectRecord; an
    order that lost one of its rows is refused whole. Raises SourceNotFound, SourceUnreadable, SourceEmpty,
    HeaderRefused, SourceTruncated.
    """
    folder = require_folder(path)
    tables = load_tables(folder)
    yield from _dimensions(tables)
    yield from _sellers(tables)
    yield from tables.rejects
    seen: set[str] = set()
    for row, cells in rows_of(folder, ORDERS, _COLUMNS):
        yield _order_or_reject(row, cells, tables, seen, tz)
    yield from _leftovers(tables)


def _dimensions(tables: Tables) -> Iterator[DimensionRecord]:
    used = {tables.categories.get(item.product, "") for items in tables.items.values() for item in items}
    for code in sorted((set(tables.translations) | used) - {""}):
        yield DimensionRecord("category", code, category_names(code, tables.translations.get(code, "")))
    for state in sorted(set(tables.states.values())):
        yield DimensionRecord("region", state, state_names(state))
    methods = {payment.method for payments in tables.payments.values() for payment in payments}
    for method in sorted(methods):
        yield DimensionRecord("payment_method", method, method_names(method))


def _sellers(tables: Tables) -> Iterator[PartyRecord]:
    """The sellers that sold something, by their code."""
    for code in sorted({item.seller for items in tables.items.values() for item in items}):
        seller = tables.sellers.get(code)
        if seller is None:
            continue
        place = f"{code[:8]} · {seller.city} {seller.state}"
        yield PartyRecord(code, "merchant", {"zh": f"卖家 {place}", "en": f"Seller {place}"})


def _order_or_reject(
    row: SeparatedRow, cells: list[str], tables: Tables, seen: set[str], tz: ZoneInfo
) -> OrderRecord | RejectRecord:
    """One row of the orders file, joined to its lines and payments, which leave `tables`."""
    order_no = cells[0]
    if row.fault:
        tables.broken.add(order_no)
        return RejectRecord(row.number, row.code, f"Row {row.number} of {ORDERS} {row.fault}.", row.raw())
    if order_no in seen:
        message = f"Row {row.number} of {ORDERS} repeats the order {order_no}."
        return RejectRecord(row.number, "order_repeated", message, row.raw())
    seen.add(order_no)
    if order_no in tables.broken:
        message = f"Order {order_no} (row {row.number} of {ORDERS}) lost a row of its lines or payments."
        return RejectRecord(row.number, "order_has_refused_rows", message, row.raw())
    try:
        order = _order(row.number, cells, tables, tz)
    except ValueError as error:
        tables.broken.add(order_no)
        message = f"Row {row.number} of {ORDERS} cannot be used: {error}"
        return RejectRecord(row.number, "row_refused", message, row.raw())
    tables.items.pop(order_no, None)
    tables.payments.pop(order_no, None)
    return order


def _order(row: int, cells: list[str], tables: Tables, tz: ZoneInfo) -> OrderRecord:
    """The order of these cells. Raises ValueError."""
    order_no, customer, source_status, *texts = cells
    status = STATUSES.get(source_status)
    if status is None:
        raise ValueError(f"the status {source_status!r} is not one of Olist's: {', '.join(STATUSES)}")
    ordered, approved, shipped, received, promised = (parse_time(at, tz) if at else None for at in texts)
    if ordered is None:
        raise ValueError("it has no order_purchase_timestamp")
    payments = sorted(tables.payments.get(order_no, []))
    return OrderRecord(
        row=row,
        order_no=order_no,
        ordered_at=ordered,
        status=status,
        # A parcel does not leave before it is paid; where the approval is missing, the purchase stands in.
        paid_at=approved or (ordered if status in ("shipped", "received") else None),
        shipped_at=shipped,
        received_at=received or _presumed_receipt(status, shipped, promised),
        payment_method=_largest(payments),
        region=tables.states.get(customer, ""),
        buyer=customer,
        lines=_lines(order_no, tables),
        payments=[
            PaymentRecord(each.sequence, each.method, each.value, each.instalments) for each in payments
        ],
        source_status=source_status,
        payments_listed=True,
    )


def _presumed_receipt(status: str, shipped: datetime | None, promised: datetime | None) -> datetime | None:
    """When a delivered order without a delivery date counts as received: at the promised day, though not
    before the carrier had it. The promise is the latest date that anyone had stated."""
    if status != "received":
        return None
    known = [moment for moment in (shipped, promised) if moment is not None]
    return max(known) if known else None


def _lines(order_no: str, tables: Tables) -> list[LineRecord]:
    """The order's lines by their number. Raises ValueError."""
    lines = []
    for item in sorted(tables.items.get(order_no, []), key=lambda item: (len(item.number), item.number)):
        if item.seller not in tables.sellers:
            raise ValueError(f"its line {item.number} names the seller {item.seller}, who is in no file")
        lines.append(
            LineRecord(
                line_no=item.number,
                merchant=item.seller,
                sku=item.product,
                spu=item.product,
                quantity=1,
                goods=item.price,
                freight=item.freight,
                category=tables.categories.get(item.product, ""),
            )
        )
    numbers = {line.line_no for line in lines}
    if len(numbers) != len(lines):
        raise ValueError("it has the same order_item_id twice")
    return lines


def _largest(payments: list[Payment]) -> str:
    """The type of the largest payment, the earliest among equals; empty without payments."""
    return max(payments, key=lambda payment: (payment.value, -payment.sequence)).method if payments else ""


def _leftovers(tables: Tables) -> Iterator[RejectRecord]:
    """Lines and payments of orders that are in no row of the orders file."""
    for order_no in sorted((set(tables.items) | set(tables.payments)) - tables.broken):
        lines, payments = len(tables.items.get(order_no, [])), len(tables.payments.get(order_no, []))
        message = f"Order {order_no} has {lines} lines and {payments} payments but no row in {ORDERS}."
        yield RejectRecord(0, "order_missing", message, order_no)
