"""Add the details of newly finished batches to the sums that lists show."""

from datetime import tzinfo
from typing import Any

from django.db import connection, transaction

from zhanggui.settlement.statements.kept import FIGURES, by_day_sql
from zhanggui.settlement.statements.models import DetailFold
from zhanggui.settlement.statements.totals import GOODS_GROUPS, by_statement_sql

FOLD_LOCK = 0x5A47_0014
_NEW = "b.batch_id > %(after)s and b.batch_id <= %(through)s"
_DAYS = f"""
insert into settlement_detail_sum (day, currency, business_line_id, kind, fee_type_id, details, amount)
{by_day_sql(_NEW)}
on conflict (day, currency, business_line_id, kind, fee_type_id) do update
  set details = settlement_detail_sum.details + excluded.details,
    amount = settlement_detail_sum.amount + excluded.amount
"""
_STATEMENTS = f"""
insert into settlement_statement_sum (party_id, statement_id, {", ".join(FIGURES)})
{by_statement_sql(_NEW)}
on conflict (party_id, statement_id) do update
  set {", ".join(f"{name} = settlement_statement_sum.{name} + excluded.{name}" for name in FIGURES)}
"""


@transaction.atomic
def fold_details(*, finished: int, zone: tzinfo) -> int:
    """This function will add the lines of the batches up to `finished`, which `ledger.finished_batch` told, to the
    sums, and return how many open statements they are on: closed ones have theirs. Days are those of `zone`; with
    another one it begins anew.

    Billing pays nothing for it. The invariants `detail_sums_differ` and `statement_sums_differ` compare the sums with
    the lines they were folded from.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [FOLD_LOCK])
        fold = DetailFold.objects.first()
        if fold is not None and fold.zone != str(zone):
            cursor.execute("delete from settlement_detail_sum")
            cursor.execute("delete from settlement_statement_sum")
            fold = None
        after = fold.through_batch if fold else 0
        if fold is not None and finished <= after:
            return 0
        values: dict[str, Any] = {"after": after, "through": finished, "kept_zone": str(zone)}
        cursor.execute(_DAYS, values)
        cursor.execute(_STATEMENTS, values | {"goods_groups": list(GOODS_GROUPS)})
        touched = int(cursor.rowcount)
        DetailFold.objects.update_or_create(id=1, defaults={"through_batch": finished, "zone": str(zone)})
    return touched
