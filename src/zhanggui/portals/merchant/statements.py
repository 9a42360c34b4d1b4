"""The shop's statements as a list; cards on a phone."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhanggui.portals.desk.lists import (
    Column,
    DateColumn,
    DateRangeFilter,
    IntegerColumn,
    LinkColumn,
    MoneyColumn,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.merchant.listing import OwnList
from zhanggui.portals.merchant.words import STATES
from zhanggui.settlement.statements.totals import GOODS_GROUPS

ONE_DAY = timedelta(days=1)
PARTS = ("goods", "fees", "refunds", "other", "net")
FIGURES = {
    part: f"case when s.state = 'open' then coalesce(l.{part}, 0) else s.{part}_minor end" for part in PARTS
} | {"lines": "case when s.state = 'open' then coalesce(l.lines, 0) else s.line_count end"}
FIELDS = {
    "id": "s.id", "party_id": "s.party_id", "number": "s.number", "state": "s.state",
    "starts_on": "s.starts_on", "last_day": "(s.ends_before - 1)", "due_on": "s.due_on",
    "currency": "s.currency", "carried": "s.carried_minor", "open_disputes": "s.open_disputes",
} | FIGURES  # fmt: skip
# The lines of the one or two open statements speak for them.
TABLES = """
settlement_statement s left join lateral (
  select count(*)::bigint as lines,
    coalesce(sum(x.goods) filter (where b.kind = 1), 0)::bigint as goods,
    coalesce(sum(x.total - x.goods) filter (where b.kind = 1), 0)::bigint as fees,
    coalesce(sum(x.total) filter (where b.kind in (2, 10)), 0)::bigint as refunds,
    coalesce(sum(x.total) filter (where b.kind not in (1, 2, 10)), 0)::bigint as other,
    coalesce(sum(x.total), 0)::bigint as net
  from settlement_billed_line b join settlement_detail_pattern p on p.id = b.pattern_id
  cross join lateral (select coalesce(sum(a) filter (where f in (
      select t.id from settlement_fee_type t where t."group" = any(%(goods_groups)s))), 0) as goods,
    sum(a) as total from unnest(p.fee_types, b.amounts) as d(f, a)) x
  where s.state = 'open' and b.party_id = s.party_id and b.statement_id = s.id) l on true
"""


def statement_url(row: Any) -> str:
    """The page of a statement."""
    return reverse("merchant:statement", args=[row.id])


def period_text(row: Any) -> str:
    """`2026-05-01 – 2026-05-31`."""
    last = row.last_day if hasattr(row, "last_day") else row.ends_before - ONE_DAY
    return f"{row.starts_on:%Y-%m-%d} – {last:%Y-%m-%d}" if last != row.starts_on else f"{last:%Y-%m-%d}"


class StatementList(OwnList):
    """What the shop is owed, period by period."""

    name = "merchant.statements"
    title = _("Statements")
    permission = "own_statements.view"
    sort = "-period"
    tabs = StatusTabs.of("state", STATES)
    empty = _("Your first statement opens with your first billed order.")

    def get_source(self) -> SqlSource:
        """Statements, open ones with what they have come to."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        return SqlSource(
            select=f"select {selected} from {TABLES} where {{where}}",
            fields=FIELDS,
            params={"goods_groups": list(GOODS_GROUPS)},
        )

    def get_filters(self) -> Sequence[Any]:
        """By number and period."""
        return [
            TextFilter("q", _("Statement number"), starts=["number"]),
            DateRangeFilter("ends", _("Period ends"), field="last_day", days=True),
            *self.currency_filters(),
        ]

    def get_columns(self) -> Sequence[Column]:
        """In the currency shown."""
        money = {"currency": self.currency, "total": True}
        return [
            LinkColumn("number", _("Number"), href=statement_url),
            TextColumn("period", _("Period"), value=period_text, sort="last_day", phone="sub"),
            StatusColumn("state", _("Status"), badges=STATES),
            MoneyColumn("goods", _("Goods"), sort="goods", phone="", **money),
            MoneyColumn("fees", _("Fees"), sort="fees", phone="", **money),
            MoneyColumn("refunds", _("Refunds"), sort="refunds", phone="", **money),
            MoneyColumn("other", _("Other"), sort="other", phone="", **money),
            MoneyColumn("net", _("Net"), sort="net", phone="amount", **money),
            IntegerColumn("lines", _("Lines"), total=True, phone=""),
            DateColumn("due_on", _("Payable from"), sort="due_on", phone=""),
        ]
