"""What the postings of each day come to, kept added up: sums by day that are folded in the background, and what came
since."""

from zhanggui.ledger.models import LedgerDayFold


def by_day_sql(entries: str) -> str:
    """This function will return the sums of all postings of some entries `e`, by day, currency, source, entity and
    purpose."""
    return f"""
select e.booked_date, e.currency, e.source, e.entity_id, a.purpose, count(*)::bigint as postings,
  sum(greatest(p.amount, 0))::bigint as debit, sum(greatest(-p.amount, 0))::bigint as credit
from ledger_entry e cross join lateral unnest(e.accounts, e.amounts) as p(account_id, amount)
join ledger_account a on a.id = p.account_id
where {entries} group by 1, 2, 3, 4, 5
"""


# Rows to be added up: what is folded, and the postings of batches that are not. The parameter only lets the block
# index pass over what surely is; that nothing is counted twice, the statement sees for itself.
KEPT_BY_DAY_SQL = f"""
(select booked_date, currency, source, entity_id, purpose, postings, debit, credit from ledger_day_sum
 union all {
    by_day_sql(
        "e.batch_id > %(kept_through)s"
        " and e.batch_id > coalesce((select max(through_batch) from ledger_day_fold), 0)"
    )
})
"""


def by_day_params() -> dict[str, int] | None:
    """This function will return the parameter of KEPT_BY_DAY_SQL; None when nothing is folded yet."""
    fold = LedgerDayFold.objects.first()
    return {"kept_through": fold.through_batch} if fold else None
