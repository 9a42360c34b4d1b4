"""Lists of fee details. Millions of rows: restricted before they are unnested, never read without a bound."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    BaseColumn,
    Column,
    DateRangeFilter,
    DateTimeColumn,
    LinkColumn,
    MoneyColumn,
    MoneyRangeFilter,
    PartyColumn,
    RawSql,
    SelectFilter,
    SqlSource,
    StatusColumn,
    Steps,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.whole_lines import OfFees
from zhanggui.portals.platform.details.kept_totals import DetailSource
from zhanggui.portals.platform.listing import MoneyList, activity_presets
from zhanggui.portals.platform.names import PARTY_NAME, fee_choices, fee_name, group_names, line_choices
from zhanggui.portals.platform.words import DETAIL_KINDS, DETAIL_PARTS, KIND_BADGES
from zhanggui.settlement.details.queries import BASE_SQL, base_is_units, unit_rules
from zhanggui.settlement.fees.queries.rule_sets import rules_by_id
from zhanggui.settlement.intake.queries import order_times, orders_by_no
from zhanggui.settlement.monitoring.queries.analytics import group_sql, part_sql
from zhanggui.settlement.statements.queries import statements_by_number

BILLED = """
from (select b.* from settlement_billed_line b where {where:line}) b
join settlement_detail_pattern p on p.id = b.pattern_id
cross join lateral unnest(p.fee_types, p.rules, p.base_of, b.amounts)
  with ordinality as d(fee_type_id, rule_id, base_place, amount, position)
"""
# Names as sub-selects of the row: PostgreSQL reads them after sorting and cutting, for the page shown only.
SELECT = f"""
select b.party_id || '-' || b.line_id || '-' || b.event_id || '-' || d.position as id,
  b.party_id, b.line_id, b.event_id, d.position, b.order_id, b.statement_id, b.occurred_at, b.kind,
  b.currency, d.fee_type_id, d.rule_id, {BASE_SQL} as base, d.amount,
  (select {PARTY_NAME} from parties_party p where p.id = b.party_id) as party_name,
  (select s.number from settlement_statement s where s.party_id = b.party_id and s.id = b.statement_id)
    as statement_number,
  (select o.order_no from settlement_staged_order o where o.id = b.order_id and b.kind in (1, 2, 3))
    as order_no,
  (select sku.code from settlement_staged_line l join settlement_dimension sku on sku.id = l.sku_id
    where l.merchant_id = b.merchant_id and l.line_id = b.line_id) as sku
{BILLED} where {{where}}
"""
TOTALS = f"select count(*), {{sums}} {BILLED} where {{where}}"
FIELDS = {
    "id": "(b.party_id || '-' || b.line_id || '-' || b.event_id || '-' || d.position)",
    "party_id": ("b.party_id", "line"),
    "statement_id": ("b.statement_id", "line"),
    "order_id": ("b.order_id", "line"),
    "line_id": ("b.line_id", "line"),
    "currency": ("b.currency", "line"),
    "business_line_id": ("b.business_line_id", "line"),
    "kind": ("b.kind", "line"),
    "occurred_at": ("b.occurred_at", "line"),
    "fee_type_id": "d.fee_type_id",
    "rule_id": "d.rule_id",
    "base": BASE_SQL,
    "amount": "d.amount",
}


def detail_source() -> SqlSource:
    """All fee details with the names people know them by."""
    return DetailSource(
        select=SELECT, totals=TOTALS, fields=FIELDS, params=language_params(),
        steps=Steps("occurred_at", timedelta(minutes=1), order_times),
    )  # fmt: skip


def detail_url(row: Any) -> str:
    """The explanation of a detail."""
    return reverse("platform:detail", args=[row.id])


def of_statement(number: str) -> RawSql:
    """Details of the statement with this number."""
    found = statements_by_number(number)
    if not found:
        return RawSql("false", place="line")
    return RawSql(
        "(b.party_id, b.statement_id) in"
        " (select * from unnest(%(st_parties)s::bigint[], %(st_ids)s::bigint[]))",
        {"st_parties": [one.party_id for one in found], "st_ids": [one.id for one in found]},
        "line",
    )


def of_order(number: str) -> RawSql:
    """Details of the order with this number, of all parties."""
    ids = [one.id for one in orders_by_no(number)]
    return RawSql(
        "b.line_id in (select sl.line_id from settlement_staged_line sl"
        " where sl.order_id = any(%(order_ids)s))"
        " and b.order_id = any(%(order_ids)s)",
        {"order_ids": ids},
        "line",
    )


def of_party(text: str) -> RawSql:
    """Details of the parties with this code, or with a code or name that begins or contains it; `=tea-1` is
    just the party with that code."""
    if text.startswith("="):
        return RawSql(
            "b.party_id in (select pp.id from parties_party pp where pp.code = %(party_code)s)",
            {"party_code": text[1:]},
            "line",
        )
    return RawSql(
        "b.party_id in (select pp.id from parties_party pp where pp.code = %(party_text)s"
        " or pp.code like %(party_start)s or pp.name::text ilike %(party_part)s)",
        {"party_text": text, "party_start": _escaped(text) + "%", "party_part": f"%{_escaped(text)}%"},
        "line",
    )


def of_part(part: str) -> OfFees:
    """Details of one part of the business, as analytics adds them up."""
    return OfFees(part_sql(part, kind="b.kind", fee_type="d.fee_type_id"))


def of_group(group: str) -> OfFees:
    """Details of the fees of one group."""
    return OfFees(group_sql(fee_type="d.fee_type_id"), {"fee_group": group})


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


class RuleNames:
    """Rule versions of the rows of one page, read once."""

    def __init__(self) -> None:
        self._known: dict[int, Any] = {}

    def text(self, row: Any) -> str:
        """`commission-books v2`, or where the amount came from when no rule made it."""
        if row.rule_id == 0:
            return ""
        if row.rule_id not in self._known:
            self._known |= rules_by_id({row.rule_id})
        rule = self._known.get(row.rule_id)
        return f"{rule.code} v{rule.version}" if rule else str(row.rule_id)


def rule_url(row: Any) -> str | None:
    """The page of the rule version, if a rule made the amount."""
    return reverse("platform:rule_version", args=[row.rule_id]) if row.rule_id else None


def detail_columns(currency: str) -> list[Column]:
    """The columns of every list of details."""
    rules, units = RuleNames(), unit_rules()
    return [
        DateTimeColumn("occurred_at", _("Time"), sort="occurred_at", phone="line"),
        LinkColumn("id", _("Detail"), href=detail_url, drawer=True, phone="", shown=False),
        PartyColumn(
            "party_name",
            _("Merchant"),
            phone="line",
            href=lambda r: reverse("platform:party", args=[r.party_id]),
        ),
        TextColumn(
            "statement_number",
            _("Statement"),
            code=True,
            phone="",
            href=lambda r: reverse("platform:statement", args=[r.party_id, r.statement_id]),
        ),
        TextColumn(
            "order_no",
            _("Order"),
            code=True,
            phone="",
            href=lambda r: reverse("platform:order", args=[r.order_id]) if r.order_no else None,
        ),
        TextColumn("sku", _("SKU"), code=True, phone="", shown=False),
        TextColumn(
            "fee",
            _("Fee type"),
            value=lambda r: fee_name(r.fee_type_id),
            phone="title",
            href=detail_url,
            drawer=True,
        ),
        StatusColumn("kind", _("Kind"), badges=KIND_BADGES),
        MoneyColumn(
            "amount",
            _("Amount"),
            currency=currency,
            total=True,
            sort="amount",
            phone="amount",
            href=detail_url,
            drawer=True,
        ),
        BaseColumn(
            "base",
            _("Base"),
            currency=currency,
            sort="base",
            phone="",
            units=lambda r: base_is_units(r.kind, r.rule_id, units),
        ),
        TextColumn("rule", _("Rule version"), value=rules.text, href=rule_url, phone=""),
    ]


class DetailList(MoneyList):
    """Every fee detail of every party."""

    name = "platform.details"
    title = _("Fee details")
    permission = "details.view"
    sort = "-occurred_at"

    def get_source(self) -> SqlSource:
        """Details."""
        return detail_source()

    def get_filters(self) -> Sequence[Any]:
        """Filters. A statement, order or detail number bounds the list by itself; else days do."""
        named = any(self.params.get(name) for name in ("statement", "order"))
        return [
            TextFilter("party", _("Merchant code or name"), clause=of_party),
            TextFilter("statement", _("Statement number"), clause=of_statement),
            TextFilter("order", _("Order number"), clause=of_order),
            DateRangeFilter(
                "days",
                _("Time"),
                field="occurred_at",
                default="" if named else "recent",
                presets=lambda: activity_presets(self.currency),
            ),
            *self.currency_filters(),
            SelectFilter("fee", _("Fee type"), fee_choices, field="fee_type_id", read=int),
            SelectFilter(
                "part", pgettext_lazy("details", "Part"), list(DETAIL_PARTS.items()), clause=of_part
            ),
            SelectFilter("group", _("Fee group"), list(group_names().items()), clause=of_group),
            SelectFilter("kind", _("Kind"), list(DETAIL_KINDS.items()), read=int),
            SelectFilter("line", _("Business line"), line_choices, field="business_line_id", read=int),
            MoneyRangeFilter("amount", _("Amount"), currency=self.currency),
        ]

    def get_columns(self) -> Sequence[Column]:
        """Columns in the currency of the list."""
        return detail_columns(self.currency)


def unsortable(columns: Sequence[Column], drop: Sequence[str] = ()) -> list[Column]:
    """Columns for a table unfolded inside another page: plain headings, without what the page says anyway."""
    return [
        replace(column, sort=None, shown=column.shown or column.key == "id")
        for column in columns
        if column.key not in drop
    ]
