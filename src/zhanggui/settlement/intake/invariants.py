"""What must always hold of orders that came in; each function returns the offending rows."""

from typing import Any

from zhanggui.settlement.details.queries import rows_of


def held_line_billable() -> list[dict[str, Any]]:
    """Lines of orders on hold that billing would take."""
    return rows_of(
        "select h.hold_no, o.order_no, l.line_no, l.billable_at from settlement_order_hold h"
        " join settlement_staged_order o on o.business_line_id = h.business_line_id and o.order_no = h.order_no"
        " join settlement_staged_line l on l.order_id = o.id"
        " where h.released_at is null and l.billable_at < timestamptz '9000-01-01' and not exists ("
        "  select from settlement_billed_line b where b.party_id = l.merchant_id and b.line_id = l.line_id"
        "   and b.event_id = 0) limit 1000",
        [],
    )
