"""What must always hold of billing; each function returns the offending rows."""

from typing import Any

from zhanggui.rows.reading import OFFENDING_MOST, rows_of
from zhanggui.settlement.billing.done_orders import BLOCK


def done_orders_open() -> list[dict[str, Any]]:
    """Lines that are neither billed nor cancelled though planning passes over their orders."""
    return rows_of(
        "select l.order_id, l.line_id, l.billable_at from settlement_done_orders d"
        f" join settlement_staged_line l on l.order_id / {BLOCK} = d.block"
        " left join settlement_billed_line b"
        "  on b.party_id = l.merchant_id and b.line_id = l.line_id and b.event_id = 0"
        " where b.line_id is null and (l.billable_at < timestamptz '9000-01-01' or not exists ("
        "  select from settlement_staged_order o where o.id = l.order_id and o.status = 9))"
        f" limit {OFFENDING_MOST}"
    )
