"""What must always hold of what comes in; each function returns the offending rows."""

from typing import Any

from zhanggui.rows.reading import rows_of


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


def pull_differs_from_batches() -> list[dict[str, Any]]:
    """Pulls of a feed that do not count just the charges that their batches brought."""
    return rows_of(
        "select p.id, f.code as feed, p.accepted, p.rejected, coalesce(c.accepted, 0) as accepted_there,"
        " coalesce(c.rejected, 0) as rejected_there"
        " from settlement_charge_pull p join settlement_charge_feed f on f.id = p.feed_id left join ("
        "  select b.pull_id, count(*) filter (where c.state = 'accepted') as accepted,"
        "   count(*) filter (where c.state = 'rejected' and c.reject_code <> 'repeated') as rejected"
        "  from settlement_charge_batch b join settlement_charge c on c.batch_id = b.id"
        "  where b.pull_id is not null group by 1) c on c.pull_id = p.id"
        " where p.accepted <> coalesce(c.accepted, 0) or p.rejected <> coalesce(c.rejected, 0) limit 1000",
        [],
    )
