"""The details of one shop as a source of lists: lines are chosen before they are taken apart, read in the order of
time from their end, and added up whole where nothing is asked of a single detail but its fee."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.db.models import Max, Min
from django.utils import timezone

from zhanggui.portals.desk.lists import RawSql, SqlSource, Steps
from zhanggui.portals.desk.lists.conditions import Clause
from zhanggui.portals.desk.lists.sources import Totals
from zhanggui.portals.desk.whole_lines import OfFees, totals_of_whole_lines
from zhanggui.settlement.details.queries import BASE_SQL
from zhanggui.settlement.monitoring.queries.analytics import group_sql, part_sql
from zhanggui.settlement.statements.models import Statement

LINES = """
from (select b.* from settlement_billed_line b where {where:line}) b
join settlement_detail_pattern p on p.id = b.pattern_id
cross join lateral unnest(p.fee_types, p.rules, p.base_of, b.amounts)
  with ordinality as d(fee_type_id, rule_id, base_place, amount, position)
"""
_STAGED = "settlement_staged_line l {join} where l.merchant_id = b.merchant_id and l.line_id = b.line_id"
_ORDER = _STAGED.format(join="join settlement_staged_order o on o.id = l.order_id")
_SKU = _STAGED.format(join="join settlement_dimension sku on sku.id = l.sku_id and l.sku_id > 0")
FIELDS = {
    "id": "(b.party_id || '-' || b.line_id || '-' || b.event_id || '-' || d.position)",
    "party_id": ("b.party_id", "line"), "statement_id": ("b.statement_id", "line"), "kind": ("b.kind", "line"),
    "currency": ("b.currency", "line"), "occurred_at": ("b.occurred_at", "line"),
    "fee_type_id": "d.fee_type_id", "rule_id": "d.rule_id", "base": BASE_SQL, "amount": "d.amount",
    "order_no": f"coalesce((select o.order_no from {_ORDER}), '')",
}  # fmt: skip
# Names as sub-selects of the row: PostgreSQL reads them after sorting and cutting, for the page shown only.
SELECT = f"""
select {", ".join(f"{sql if isinstance(sql, str) else sql[0]} as {name}" for name, sql in FIELDS.items())},
  coalesce((select sku.code from {_SKU}), '') as sku,
  coalesce((select l.title from {_STAGED.format(join="")}), '') as title,
  (select s.number from settlement_statement s where s.party_id = b.party_id and s.id = b.statement_id)
    as statement_number
{LINES} where {{where}}
"""


class OwnDetailSource(SqlSource):
    """Details of one party, with their order and article."""

    def __init__(self, party_id: int) -> None:
        super().__init__(
            select=SELECT,
            totals=f"select count(*), {{sums}} {LINES} where {{where}}",
            fields=FIELDS,
            steps=Steps("occurred_at", timedelta(minutes=30), lambda: _times(party_id)),
        )

    def totals(self, where: Sequence[Clause], sums: Sequence[str]) -> Totals:
        """Count and exact sums over the filter."""
        whole = totals_of_whole_lines(where, sums)
        return super().totals(where, sums) if whole is None else whole


def _times(party_id: int) -> tuple[datetime, datetime] | None:
    """When the shop's statements begin and end: about what its details have for times."""
    found = Statement.objects.filter(party_id=party_id).aggregate(
        first=Min("starts_on"), last=Max("ends_before")
    )
    if found["first"] is None:
        return None
    return (
        timezone.make_aware(datetime.combine(found["first"], time.min)),
        timezone.make_aware(datetime.combine(found["last"], time.min)),
    )


def of_part(part: str) -> OfFees:
    """Details of one part of the business, as analytics adds them up."""
    return OfFees(part_sql(part, kind="b.kind", fee_type="d.fee_type_id"))


def of_group(group: str) -> OfFees:
    """Details of the fees of one group."""
    return OfFees(group_sql(fee_type="d.fee_type_id"), {"fee_group": group})


def of_order_or_sku(text: str) -> RawSql:
    """An order number or the beginning of a SKU."""
    start = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return RawSql(
        f"exists (select from {_ORDER} and o.order_no = %(order_or_sku)s)"
        f" or exists (select from {_SKU} and sku.code ilike %(start_of_sku)s)",
        {"order_or_sku": text, "start_of_sku": start},
        "line",
    )
