"""Stage orders: check, number, freeze and write them; a known order with newer times moves on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from zhanggui.rows.transfer import reserve_numbers
from zhanggui.settlement.intake.digests import order_digest
from zhanggui.settlement.intake.faults import order_fault
from zhanggui.settlement.intake.holds import not_before
from zhanggui.settlement.intake.models import OrderStatus
from zhanggui.settlement.intake.operations.advance_orders import KnownOrder, advance_orders
from zhanggui.settlement.intake.operations.resupply_order import resupply_order
from zhanggui.settlement.intake.payments import PaidOrder, paid_amount, post_paid_orders
from zhanggui.settlement.intake.records import OrderRecord, PaymentRecord, RejectRecord
from zhanggui.settlement.intake.resolving import ResolvedLine, Resolver, dimension_keys, party_codes

STATUS = {
    "created": OrderStatus.CREATED, "paid": OrderStatus.PAID, "shipped": OrderStatus.SHIPPED,
    "received": OrderStatus.RECEIVED, "completed": OrderStatus.COMPLETED, "cancelled": OrderStatus.CANCELLED,
}  # fmt: skip
LEVEL, MERCHANT_CATEGORY = "level", "party_category"


@dataclass
class Staged:
    """What one chunk of orders came to."""

    orders: int = 0
    lines: int = 0
    repeated: int = 0
    advanced: int = 0
    new_order_numbers: list[str] = field(default_factory=list)
    advanced_order_numbers: list[str] = field(default_factory=list)
    cancelled_order_numbers: list[str] = field(default_factory=list)
    rejects: list[RejectRecord] = field(default_factory=list)


def stage_orders(
    *, resolver: Resolver, records: Sequence[OrderRecord], import_run_id: int, at: datetime
) -> Staged:
    """This function will stage `records` in the caller's transaction and return what became of them.

    An order is taken in whole or not at all. The same number with the same lines again moves status, times
    and payments on; with other lines it is rejected as `order_conflict`, unless only their supplier is another
    and none may be billed yet. Money paid is posted to the ledger.
    """
    result = Staged()
    dictionary = resolver.dictionary
    dictionary.learn_dimensions([key for one in records for key in dimension_keys(one)])
    dictionary.learn_parties([code for one in records for code in party_codes(one)])
    left = list(records)
    while left:
        left = _stage_round(resolver, left, import_run_id, at, result)
    return result


def _stage_round(
    resolver: Resolver, records: Sequence[OrderRecord], run: int, at: datetime, result: Staged
) -> list[OrderRecord]:
    """Stage the first record of every order; return the later ones, which see what this round wrote."""
    numbers = [one.order_no for one in records]
    known = _known_orders(resolver.business_line.id, numbers)
    let_go = not_before(resolver.business_line.id, numbers)
    fresh: list[tuple[OrderRecord, list[ResolvedLine], bytes]] = []
    later: list[tuple[KnownOrder, OrderRecord]] = []
    again: list[OrderRecord] = []
    seen: set[str] = set()
    for record in records:
        fault = order_fault(record)
        if fault is None and record.order_no in seen:
            again.append(record)
            continue
        if fault is None:
            digest = order_digest(record)
            existing = known.get(record.order_no)
            if existing:
                if existing.digest != digest:
                    fault = resupply_order(
                        resolver=resolver, record=record, order_id=existing.order_id, digest=existing.digest
                    )
                if fault is None:
                    seen.add(record.order_no)
                    later.append((existing, record))
                    continue
            else:
                resolved = resolver.resolve(record, let_go.get(record.order_no))
                if isinstance(resolved, list):
                    seen.add(record.order_no)
                    fresh.append((record, resolved, digest))
                    continue
                fault = resolved
        result.rejects.append(RejectRecord(record.row, fault[0], fault[1], f"order {record.order_no}"))
    advanced = advance_orders(resolver=resolver, pairs=later, at=at)
    result.advanced += len(advanced.moved)
    result.repeated += len(later) - len(advanced.moved)
    result.advanced_order_numbers += advanced.moved
    result.cancelled_order_numbers += advanced.cancelled
    _write(resolver, fresh, run, at, result)
    return again


def _known_orders(business_line_id: int, numbers: list[str]) -> dict[str, KnownOrder]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select order_no, id, status, paid_minor, digest from settlement_staged_order"
            " where business_line_id = %s and order_no = any(%s)",
            [business_line_id, numbers],
        )
        return {row[0]: KnownOrder(row[0], row[1], row[2], row[3], bytes(row[4])) for row in cursor}


def _write(
    resolver: Resolver, fresh: list[tuple[OrderRecord, list[ResolvedLine], bytes]], run: int, at: datetime,
    result: Staged,
) -> None:  # fmt: skip
    if not fresh:
        return
    line = resolver.business_line
    resolver.dictionary.learn_dimensions(
        {key for _, lines, _ in fresh for one in lines for key in merchant_keys(one)}
    )
    with connection.cursor() as cursor:
        order_ids = reserve_numbers(cursor, "settlement_order_id_seq", len(fresh)).tolist()
        total = sum(len(lines) for _, lines, _ in fresh)
        line_ids = iter(reserve_numbers(cursor, "settlement_line_id_seq", total).tolist())
        order_rows, line_rows, payment_rows, paid = [], [], [], []
        for (record, lines, digest), order_id in zip(fresh, order_ids, strict=True):
            rule_set = resolver.rule_set_id(record.ordered_at) if lines else 0
            paid_minor = paid_amount(record, lines)
            order_rows.append(
                _order_row(resolver, record, lines, digest, order_id, run, rule_set, paid_minor)
            )
            line_rows += [
                _line_row(resolver, record, one, order_id, next(line_ids), rule_set) for one in lines
            ]
            payment_rows += [_payment_row(resolver, order_id, one) for one in record.payments]
            if paid_minor or (lines and record.status != "created"):
                paid.append(PaidOrder(order_id, record, lines, paid_minor))
        _copy(cursor, "settlement_staged_order", ORDER_COLUMNS, order_rows)
        _copy(cursor, "settlement_staged_line", LINE_COLUMNS, line_rows)
        _copy(cursor, "settlement_staged_payment", PAYMENT_COLUMNS, payment_rows)
    post_paid_orders(orders=paid, terms=resolver.terms, currency=line.currency, zone=resolver.zone, at=at)
    result.orders += len(order_rows)
    result.lines += len(line_rows)
    result.new_order_numbers += [record.order_no for record, _, _ in fresh]


ORDER_COLUMNS = (
    "order_no", "business_line_id", "id", "import_run_id", "currency", "status", "source_status", "channel_id",
    "payment_method_id", "region_id", "rule_set_id", "ordered_at", "paid_at", "shipped_at", "received_at",
    "completed_at", "goods_minor", "due_minor", "paid_minor", "line_count", "digest",
)  # fmt: skip
LINE_COLUMNS = (
    "merchant_id", "line_id", "order_id", "supplier_id", "carrier_id", "quantity", "goods_minor",
    "shop_discount_minor", "platform_discount_minor", "points_discount_minor", "freight_minor", "tax_minor",
    "supply_minor", "ordered_at", "billable_at", "category_id", "spu_id", "sku_id", "sku_type_id", "level_id",
    "merchant_category_id",
    "business_line_id", "channel_id", "payment_method_id", "region_id", "rule_set_id", "terms_id", "currency",
    "line_no", "title",
)  # fmt: skip
PAYMENT_COLUMNS = ("order_id", "sequence", "method_id", "amount_minor", "instalments", "reference",
                   "channel_number")  # fmt: skip


def merchant_keys(line: ResolvedLine) -> tuple[tuple[str, str], ...]:
    """This function will return the (kind, code) by which rules know the merchant of a line as of today."""
    return (LEVEL, line.level), (MERCHANT_CATEGORY, line.category)


def _copy(cursor: object, table: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
    if not rows:
        return
    with cursor.copy(f"copy {table} ({', '.join(columns)}) from stdin") as copy:  # type: ignore[attr-defined]
        for row in rows:
            copy.write_row(row)


def _order_row(
    resolver: Resolver, record: OrderRecord, lines: list[ResolvedLine], digest: bytes, order_id: int, run: int,
    rule_set: int, paid_minor: int,
) -> tuple[object, ...]:  # fmt: skip
    number = resolver.dictionary.dimension
    return (
        record.order_no, resolver.business_line.id, order_id, run, resolver.business_line.currency,
        int(STATUS[record.status]), record.source_status[:32], number("channel", record.channel),
        number("payment_method", record.payment_method), number("region", record.region), rule_set,
        record.ordered_at, record.paid_at, record.shipped_at, record.received_at, record.completed_at,
        sum(one.record.goods for one in lines), sum(one.due for one in lines), paid_minor, len(lines), digest,
    )  # fmt: skip


def _line_row(
    resolver: Resolver, record: OrderRecord, line: ResolvedLine, order_id: int, line_id: int, rule_set: int
) -> tuple[object, ...]:
    number, one = resolver.dictionary.dimension, line.record
    return (
        line.merchant_id, line_id, order_id, line.supplier_id, line.carrier_id, one.quantity, one.goods,
        one.shop_discount, one.platform_discount, one.points_discount, one.freight, one.tax, one.supply,
        record.ordered_at, line.billable_at, number("category", one.category), number("spu", one.spu),
        number("sku", one.sku),
        number("sku_type", one.sku_type), number(LEVEL, line.level),
        number(MERCHANT_CATEGORY, line.category), resolver.business_line.id,
        number("channel", record.channel), number("payment_method", record.payment_method),
        number("region", record.region), rule_set, line.terms.id, resolver.business_line.currency, one.line_no,
        one.title[:200],
    )  # fmt: skip


def _payment_row(resolver: Resolver, order_id: int, payment: PaymentRecord) -> tuple[object, ...]:
    return (
        order_id, payment.sequence, resolver.dictionary.dimension("payment_method", payment.method),
        payment.amount, payment.instalments, payment.reference[:64], payment.channel_number[:64],
    )  # fmt: skip
