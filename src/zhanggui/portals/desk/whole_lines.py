"""Totals of details from whole lines, where nothing is asked of a single detail but its fee: an eighth of the work of
taking their details out of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zhanggui.portals.desk.lists import Condition, RawSql, SqlSource
from zhanggui.portals.desk.lists.conditions import Clause
from zhanggui.portals.desk.lists.sources import Totals
from zhanggui.settlement.statements.kept import by_day_sql, whole_lines_sql

WHOLE = f"""
select coalesce(sum(d.details), 0)::bigint, {{sums}} from ({whole_lines_sql("{where:line}")}) d where {{where}}
"""
# By fee, where one is asked for, from the patterns that lines share.
WHOLE_BY_FEE = f"""
select coalesce(sum(b.details), 0)::bigint, {{sums}}
from ({by_day_sql("{where:line}", day="null::date")}) b cross join lateral (select b.fee_type_id, b.amount) d
where {{where}}
"""
OF_LINE = (
    "party_id", "statement_id", "order_id", "line_id", "currency", "business_line_id", "kind", "occurred_at",
)  # fmt: skip
FIELDS = {name: (f"b.{name}", "line") for name in OF_LINE} | {
    "fee_type_id": "d.fee_type_id", "amount": "d.amount",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class OfFees(RawSql):
    """A condition on nothing but the kind of a line `b` and the fee of a detail `d`."""


def totals_of_whole_lines(where: Sequence[Clause], sums: Sequence[str]) -> Totals | None:
    """This function will return the count and the sum of details over a filter; None where a detail has to be looked
    at by itself."""
    if not set(sums) <= {"amount"} or not all(_of_whole_lines(one) for one in where):
        return None
    of_fees = any(isinstance(one, OfFees) or getattr(one, "field", "") == "fee_type_id" for one in where)
    return SqlSource(select="", totals=WHOLE_BY_FEE if of_fees else WHOLE, fields=FIELDS).totals(where, sums)


def _of_whole_lines(clause: Any) -> bool:
    """Whether it asks nothing of a detail but its fee."""
    if isinstance(clause, Condition):
        return clause.field in FIELDS and clause.field != "amount"
    return isinstance(clause, OfFees) or (isinstance(clause, RawSql) and clause.place == "line")
