"""Add the postings of newly finished batches to the sums by day that the journal shows."""

from django.db import connection, transaction

from zhanggui.ledger.kept import by_day_sql
from zhanggui.ledger.models import LedgerDayFold

FOLD_LOCK = 0x5A47_0007
_DAYS = f"""
insert into ledger_day_sum (booked_date, currency, source, entity_id, purpose, postings, debit, credit)
{by_day_sql("e.batch_id > %(after)s and e.batch_id <= %(through)s")}
on conflict (booked_date, currency, source, entity_id, purpose) do update
  set postings = ledger_day_sum.postings + excluded.postings, debit = ledger_day_sum.debit + excluded.debit,
    credit = ledger_day_sum.credit + excluded.credit
"""


@transaction.atomic
def fold_days(*, finished: int) -> int:
    """This function will add the postings of the batches up to `finished`, which `ledger.finished_batch` told, to the
    sums by day, and return how many of these changed.

    Posting pays nothing for it. The invariant `day_sums_differ` compares the sums with the entries.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [FOLD_LOCK])
        fold = LedgerDayFold.objects.first()
        after = fold.through_batch if fold else 0
        if fold is not None and finished <= after:
            return 0
        cursor.execute(_DAYS, {"after": after, "through": finished})
        changed = int(cursor.rowcount)
        LedgerDayFold.objects.update_or_create(id=1, defaults={"through_batch": finished})
    return changed
