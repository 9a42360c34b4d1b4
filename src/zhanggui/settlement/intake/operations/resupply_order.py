"""Somebody else supplies a known order: its lines are the same but for who gets which supply price."""

from dataclasses import dataclass, replace

from django.db import connection

from zhanggui.settlement.intake.digests import order_digest
from zhanggui.settlement.intake.faults import Fault
from zhanggui.settlement.intake.holds import NEVER
from zhanggui.settlement.intake.models import StagedOrder
from zhanggui.settlement.intake.records import OrderRecord
from zhanggui.settlement.intake.resolving import Resolver

_LINES = """
select l.line_no, coalesce(p.code, '') as supplier, l.supply_minor, l.billable_at
from settlement_staged_line l left join parties_party p on p.id = l.supplier_id where l.order_id = %s
"""


@dataclass(frozen=True)
class _Supplied:
    """Who a staged line says supplies it, for what, and whether billing may look at it already."""

    supplier: str
    supply: int
    waits: bool


def resupply_order(*, resolver: Resolver, record: OrderRecord, order_id: int, digest: bytes) -> Fault | None:
    """This function will write down another supplier or supply price on the lines of a known order, in the caller's
    transaction, which holds the line's intake lock, and return why it cannot be. `digest` is the staged order's.

    All else about the lines must be as it was, and none of them may be billable yet: until then no billing reads
    them, so that nothing is billed for a supplier who is no longer the one.
    """
    conflict = "order_conflict", f"order {record.order_no} is here already with other lines"
    staged = _staged(order_id)
    if staged.keys() != {line.line_no for line in record.lines}:
        return conflict
    as_it_was = replace(
        record,
        lines=[
            replace(line, supplier=staged[line.line_no].supplier, supply=staged[line.line_no].supply)
            for line in record.lines
        ],
    )
    if order_digest(as_it_was) != digest:
        return conflict
    if not all(line.waits for line in staged.values()):
        return (
            "supplier_after_billing",
            f"order {record.order_no} may be billed already, so its supplier stays; settle it by an adjustment",
        )
    resolved = resolver.resolve(record, NEVER)
    if not isinstance(resolved, list):
        return resolved
    with connection.cursor() as cursor:
        cursor.executemany(
            "update settlement_staged_line set supplier_id = %s, supply_minor = %s"
            " where order_id = %s and line_no = %s",
            [(one.supplier_id, one.record.supply, order_id, one.record.line_no) for one in resolved],
        )
    StagedOrder.objects.filter(
        order_no=record.order_no, business_line_id=resolver.business_line.id
    ).update(digest=order_digest(record))  # fmt: skip
    return None


def _staged(order_id: int) -> dict[str, _Supplied]:
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [order_id])
        return {row[0]: _Supplied(row[1], row[2], row[3] >= NEVER) for row in cursor.fetchall()}
