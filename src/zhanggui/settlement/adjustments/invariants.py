"""What must always hold of adjustments; each function returns the offending rows."""

from typing import Any

from zhanggui.rows.reading import rows_of


def adjustment_without_its_detail() -> list[dict[str, Any]]:
    """Approved adjustments without exactly one detail of their amount, and details of adjustments that nobody
    approved."""
    return rows_of(
        "select a.id, a.state, a.amount_minor, b.line_id, b.amounts from ("
        "  select * from settlement_adjustment where state = 'approved') a"
        " full join (select party_id, line_id, amounts from settlement_billed_line where kind = 11) b"
        "  on b.party_id = a.party_id and b.line_id = a.line_id"
        " where a.id is null or b.line_id is null or b.amounts <> array[a.amount_minor] limit 1000",
        [],
    )


def rebates_differ_from_runs() -> list[dict[str, Any]]:
    """Periods of agreements whose latest run does not stand at the sum of what all runs gave."""
    return rows_of(
        "select agreement_id, starts_on, sum(amount_minor) as given,"
        "  (array_agg(total_minor order by sequence desc))[1] as latest from settlement_rebate group by 1, 2"
        " having sum(amount_minor) <> (array_agg(total_minor order by sequence desc))[1] limit 1000",
        [],
    )
