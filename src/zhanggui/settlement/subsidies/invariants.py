"""What must always hold of subsidies; each function returns the offending rows."""

from typing import Any

from zhanggui.rows.reading import offending_rows


def subsidies_differ_from_ledger() -> list[dict[str, Any]]:
    """Subsidies paid, less those taken back, are what moved from our account to sub-merchants'; and what a subsidy
    says was taken back is the sum of its returns that did not fail."""
    return offending_rows(
        "select 'ledger' as of, 0::bigint as subsidy, sum(stated)::bigint as stated, sum(posted)::bigint as other"
        " from ("
        " select amount_minor as stated, 0 as posted from settlement_subsidy where state = 'paid'"
        " union all select -amount_minor, 0 from settlement_subsidy_return where state = 'succeeded'"
        " union all select 0, p.amount from ledger_posting p join ledger_account a on a.id = p.account_id"
        "  and a.purpose = '1012.04' where p.book_id = 0 and p.source in (32, 33)) both_sides"
        " having sum(stated) <> sum(posted)"
        " union all select 'returns', s.id, s.returned_minor, coalesce(sum(r.amount_minor), 0)::bigint"
        " from settlement_subsidy s left join settlement_subsidy_return r"
        "  on r.subsidy_id = s.id and r.state <> 'failed'"
        " group by s.id having s.returned_minor <> coalesce(sum(r.amount_minor), 0)"
    )
