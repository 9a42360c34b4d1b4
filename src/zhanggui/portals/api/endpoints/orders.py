"""Orders and refunds: sent in batches, read one by one."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from zhanggui.journeys.orders_received import batch_received
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.endpoints.imports import import_document
from zhanggui.portals.api.errors import NotFound
from zhanggui.portals.api.idempotency import HEADER
from zhanggui.portals.api.paging import CursorText, Limit, decode, page, read
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.fields import Code, Moment
from zhanggui.portals.api.schemas.incoming import BatchIn, OrderIn, RefundIn
from zhanggui.portals.api.schemas.outgoing import ImportOut, OrderOut, OrderPage
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.entities.queries import business_line
from zhanggui.settlement.intake.models import OrderStatus
from zhanggui.settlement.intake.records import (
    DimensionRecord,
    LineRecord,
    OrderRecord,
    PartyRecord,
    PaymentRecord,
    Record,
    RefundRecord,
    RejectRecord,
)

router = Router(tags=["orders"])

HEADS = """
select o.id, o.order_no, b.code as business_line, o.currency, o.status, o.ordered_at, o.paid_at, o.shipped_at,
       o.received_at, o.completed_at
from settlement_staged_order o join settlement_business_line b on b.id = o.business_line_id
"""
LINES = """
select l.line_id, l.line_no, p.code as merchant, coalesce(sku.code, '') as sku,
       coalesce(c.code, '') as category, l.title, l.quantity, l.goods_minor, l.shop_discount_minor,
       l.platform_discount_minor, l.points_discount_minor, l.freight_minor, l.tax_minor,
       case when l.billable_at < '9999-01-01' then l.billable_at end as billable_at,
       exists (select from settlement_billed_line d
               where d.party_id = l.merchant_id and d.line_id = l.line_id and d.event_id = 0) as billed
from settlement_staged_line l join parties_party p on p.id = l.merchant_id
left join settlement_dimension sku on sku.id = l.sku_id
left join settlement_dimension c on c.id = l.category_id
where l.order_id = %(order_id)s order by l.line_id
"""


class OrderFilters(Schema):
    """Which orders."""

    business_line: Code | None = None
    ordered_from: Moment | None = None
    ordered_before: Moment | None = None
    cursor: CursorText = ""
    limit: Limit = 50


@act(router, "/orders", ImportOut, status=201)
def send_orders(request: HttpRequest, payload: BatchIn) -> Any:
    """Send a batch of orders and refunds. Every record is taken in whole or becomes a reject with its reason;
    an order sent before with the same content is a repeat, with other content a reject (`order_conflict`)."""
    who = caller(request)
    who.require("imports.create")
    line = business_line(payload.business_line)
    run = batch_received(
        business_line=line, key=f"{who.owner}:{request.headers[HEADER]}",
        records=records_of(payload, line), body=request.body, clock=timezone.now,
        zone=timezone.get_default_timezone(), actor=who.actor,
    )  # fmt: skip
    return import_document(run)


@look(router, "/orders", OrderPage)
def list_orders(request: HttpRequest, filters: Query[OrderFilters]) -> Any:
    """Orders in the order they came in; a merchant sees those it has a line in."""
    who = caller(request)
    who.require("orders.view", "own_details.view")
    after = decode(filters.cursor, 1)
    with who.reading():
        rows = read(
            HEADS + " where o.id > %(after)s"
            " and (%(line)s::text is null or b.code = %(line)s)"
            " and (%(start)s::timestamptz is null or o.ordered_at >= %(start)s)"
            " and (%(before)s::timestamptz is null or o.ordered_at < %(before)s)"
            " order by o.id limit %(limit)s",
            {"after": after[0] if after else 0, "line": filters.business_line, "start": filters.ordered_from,
             "before": filters.ordered_before, "limit": filters.limit + 1},
        )  # fmt: skip
    shown, following = page(rows, filters.limit, lambda row: [row["id"]])
    return {"items": [_head(row) for row in shown], "next_cursor": following}


@look(router, "/orders/{business_line}/{order_no}", OrderOut)
def get_order(request: HttpRequest, business_line: Code, order_no: Code) -> Any:
    """One order with its lines; a merchant gets its own lines."""
    who = caller(request)
    who.require("orders.view", "own_details.view")
    with who.reading():
        found = read(
            HEADS + " where b.code = %(line)s and o.order_no = %(number)s",
            {"line": business_line, "number": order_no},
        )
        if not found:
            raise NotFound(f"There is no order {order_no!r} of {business_line!r}", order_no=order_no)
        lines = read(LINES, {"order_id": found[0]["id"]})
    return _head(found[0]) | {"lines": lines}


def _head(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"status": OrderStatus(row["status"]).name.lower()}


def records_of(batch: BatchIn, line: BusinessLine) -> list[Record]:
    """The records of a batch, master data first; rows are places in the batch, from 1. What is said to be in another
    currency than the line's is a reject."""
    records: list[Record] = [
        PartyRecord(one.code, one.kind, _names(one.names), one.level, one.category) for one in batch.parties
    ]
    records += [
        DimensionRecord(one.kind, one.code, _names(one.names), one.parent) for one in batch.dimensions
    ]
    start = len(records) + 1
    for row, order in enumerate(batch.orders, start):
        records.append(_foreign(row, order, order.order_no, line) or _order(row, order))
    for row, refund in enumerate(batch.refunds, start + len(batch.orders)):
        records.append(_foreign(row, refund, refund.refund_no, line) or _refund(row, refund))
    return records


def _foreign(row: int, one: OrderIn | RefundIn, number: str, line: BusinessLine) -> RejectRecord | None:
    if one.currency in (None, line.currency):
        return None
    message = f"{line.code} settles in {line.currency}, not {one.currency}"
    return RejectRecord(row, "wrong_currency", message, number)


def _names(names: Any) -> dict[str, str]:
    return {language: name for language, name in names.model_dump().items() if name}


def _order(row: int, one: OrderIn) -> OrderRecord:
    head = one.model_dump(exclude={"lines", "payments", "currency"})
    lines = [LineRecord(**_plain(line.model_dump())) for line in one.lines]
    payments = [PaymentRecord(**_plain(payment.model_dump())) for payment in one.payments]
    return OrderRecord(row=row, lines=lines, payments=payments, **head)


def _refund(row: int, one: RefundIn) -> RefundRecord:
    return RefundRecord(row=row, **_plain(one.model_dump(exclude={"currency"})))


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Field names of records: they carry no unit, since all are minor units."""
    return {name.removesuffix("_minor"): value for name, value in values.items()}
