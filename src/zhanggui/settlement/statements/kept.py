"""What is kept added up of details, so that lists need not read them all: sums by day, and of each statement.

Both are folded from billed lines up to a batch below which none is missing; whoever reads them adds the lines that
came since. `%(kept_through)s` only lets an index pass over the lines that surely are folded.
"""

from datetime import tzinfo
from typing import Any

from zhanggui.settlement.statements.models import DetailFold
from zhanggui.settlement.statements.totals import GOODS_GROUPS, OPEN_ONLY, WIDTH, by_statement_sql, total_sql

FIGURES = ("lines", "details", "goods", "fees", "refunds", "other", "net")


DAY = "(b.occurred_at at time zone %(kept_zone)s)::date"


def by_day_sql(lines: str, width: int = WIDTH, day: str = DAY) -> str:
    """This function will return the sums of all details of some lines `b`, by day, line, kind and fee; not by
    day where `day` is null."""
    sums = ", ".join(f"sum(b.amounts[{place}])" for place in range(1, width + 1))
    return f"""
select day, currency, business_line_id, kind, fee_type_id, sum(details)::bigint as details,
  sum(amount)::bigint as amount
from (
  select g.day, g.currency, g.business_line_id, g.kind, f.fee_type_id, g.lines as details, f.amount
  from (
    select {day} as day, b.currency, b.business_line_id, b.kind,
      b.pattern_id, count(*) as lines, array[{sums}] as sums
    from settlement_billed_line b where {lines} group by 1, 2, 3, 4, 5) g
  join settlement_detail_pattern p on p.id = g.pattern_id
  cross join lateral unnest(p.fee_types[:{width}], g.sums) as f(fee_type_id, amount)
  where f.fee_type_id is not null
  union all
  select {day}, b.currency, b.business_line_id, b.kind, f.fee_type_id, 1,
    f.amount
  from settlement_billed_line b
  join settlement_detail_pattern p on p.id = b.pattern_id
  cross join lateral unnest(p.fee_types[{width + 1}:], b.amounts[{width + 1}:]) as f(fee_type_id, amount)
  where cardinality(b.amounts) > {width} and {lines}) each
group by 1, 2, 3, 4, 5
"""


def whole_lines_sql(lines: str, width: int = WIDTH) -> str:
    """This function will return number and sum of all details of some lines `b`, in one row."""
    return f"""
select sum(cardinality(b.amounts))::bigint as details, sum({total_sql(width)})::bigint as amount
from settlement_billed_line b where {lines}
"""


_SINCE = (
    "b.batch_id > %(kept_through)s"
    " and b.batch_id > coalesce((select max(through_batch) from settlement_detail_fold), 0)"
)
# Rows `day, currency, business_line_id, kind, fee_type_id, details, amount`, to be added up.
KEPT_BY_DAY_SQL = f"""
(select day, currency, business_line_id, kind, fee_type_id, details, amount from settlement_detail_sum
 union all {by_day_sql(_SINCE)})
"""
# What the lines of each open statement come to now.
OPEN_STATEMENTS_SQL = f"""
(select k.party_id, k.statement_id, {", ".join(f"sum(k.{name})::bigint as {name}" for name in FIGURES)}
 from (
  select b.party_id, b.statement_id, {", ".join(f"b.{name}" for name in FIGURES)}
  from settlement_statement_sum b {OPEN_ONLY}
  union all {by_statement_sql(_SINCE)}) k
 group by k.party_id, k.statement_id)
"""


def open_statements_params() -> dict[str, Any]:
    """This function will return the parameters of OPEN_STATEMENTS_SQL."""
    fold = DetailFold.objects.first()
    return {"kept_through": fold.through_batch if fold else 0, "goods_groups": list(GOODS_GROUPS)}


def by_day_params(zone: tzinfo) -> dict[str, Any] | None:
    """This function will return the parameters of KEPT_BY_DAY_SQL; None when nothing is kept by this zone's days."""
    fold = DetailFold.objects.first()
    if fold is None or fold.zone != str(zone):
        return None
    return {"kept_through": fold.through_batch, "kept_zone": fold.zone}
