"""Totals of the list of details from what is kept added up, where only days, lines, kinds and fees are asked; else of
whole lines, where nothing is asked of a single detail but its fee."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from django.utils import timezone

from zhanggui.portals.desk.lists import Condition, RawSql, SqlSource
from zhanggui.portals.desk.lists.conditions import Clause
from zhanggui.portals.desk.lists.sources import Totals
from zhanggui.settlement.statements.kept import KEPT_BY_DAY_SQL, by_day_params, by_day_sql, whole_lines_sql

# Named as the lines and details of the list are, so that its conditions fit.
KEPT = f"""
select coalesce(sum(b.details), 0)::bigint, {{sums}}
from {KEPT_BY_DAY_SQL} b cross join lateral (select b.fee_type_id, b.amount) d where {{where}}
"""
FIELDS = {
    "day": "b.day", "currency": "b.currency", "business_line_id": "b.business_line_id", "kind": "b.kind",
    "fee_type_id": "d.fee_type_id", "amount": "d.amount",
}  # fmt: skip
# Whole lines are added up as they stand, an eighth of the work of taking their details out of them; by fee, where one
# is asked for, from the patterns they share.
WHOLE = f"""
select coalesce(sum(d.details), 0)::bigint, {{sums}} from ({whole_lines_sql("{where:line}")}) d where {{where}}
"""
WHOLE_BY_FEE = f"""
select coalesce(sum(b.details), 0)::bigint, {{sums}}
from ({by_day_sql("{where:line}", day="null::date")}) b cross join lateral (select b.fee_type_id, b.amount) d
where {{where}}
"""
OF_LINE = (
    "party_id",
    "statement_id",
    "order_id",
    "line_id",
    "currency",
    "business_line_id",
    "kind",
    "occurred_at",
)
WHOLE_FIELDS = {name: (f"b.{name}", "line") for name in OF_LINE} | {
    "fee_type_id": "d.fee_type_id", "amount": "d.amount",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class OfFees(RawSql):
    """A condition on nothing but the kind of a line `b` and the fee of a detail `d`."""


class DetailSource(SqlSource):
    """Details; their count and sum come from what is kept where every filter is one that it knows."""

    def totals(self, where: Sequence[Clause], sums: Sequence[str]) -> Totals:
        """Count and exact sums over the filter."""
        clauses = [_by_day(one) for one in where]
        if set(sums) <= {"amount"} and None not in clauses:
            params = by_day_params(timezone.get_default_timezone())
            if params is not None:
                kept = SqlSource(select="", totals=KEPT, fields=FIELDS, params=params)
                return kept.totals(clauses, sums)
        if set(sums) <= {"amount"} and all(_of_whole_lines(one) for one in where):
            of_fees = any(
                isinstance(one, OfFees) or getattr(one, "field", "") == "fee_type_id" for one in where
            )
            whole = WHOLE_BY_FEE if of_fees else WHOLE
            return SqlSource(select="", totals=whole, fields=WHOLE_FIELDS).totals(where, sums)
        return super().totals(where, sums)


def _of_whole_lines(clause: Any) -> bool:
    """Whether it asks nothing of a detail but its fee."""
    if isinstance(clause, Condition):
        return clause.field in WHOLE_FIELDS and clause.field != "amount"
    return isinstance(clause, OfFees) or (isinstance(clause, RawSql) and clause.place == "line")


def _by_day(clause: Any) -> Clause | None:
    """The same condition on what is kept; None where that does not know enough."""
    if isinstance(clause, OfFees):
        return clause
    if not isinstance(clause, Condition):
        return None
    if clause.field != "occurred_at":
        return clause if clause.field in FIELDS and clause.field != "amount" else None
    at = clause.value
    local = timezone.localtime(at, timezone.get_default_timezone()) if isinstance(at, datetime) else None
    if local is None or local.time() != time.min or clause.op not in ("gte", "lt"):
        return None
    return replace(clause, field="day", value=local.date())
