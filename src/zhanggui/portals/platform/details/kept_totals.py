"""Totals of the list of details from what is kept added up, where only days, lines, kinds and fees are asked; else of
whole lines, where nothing is asked of a single detail but its fee."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from django.utils import timezone

from zhanggui.portals.desk.lists import Condition, SqlSource
from zhanggui.portals.desk.lists.conditions import Clause
from zhanggui.portals.desk.lists.sources import Totals
from zhanggui.portals.desk.whole_lines import OfFees, totals_of_whole_lines
from zhanggui.settlement.statements.kept import KEPT_BY_DAY_SQL, by_day_params

# Named as the lines and details of the list are, so that its conditions fit.
KEPT = f"""
select coalesce(sum(b.details), 0)::bigint, {{sums}}
from {KEPT_BY_DAY_SQL} b cross join lateral (select b.fee_type_id, b.amount) d where {{where}}
"""
FIELDS = {
    "day": "b.day", "currency": "b.currency", "business_line_id": "b.business_line_id", "kind": "b.kind",
    "fee_type_id": "d.fee_type_id", "amount": "d.amount",
}  # fmt: skip


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
        whole = totals_of_whole_lines(where, sums)
        return super().totals(where, sums) if whole is None else whole


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
