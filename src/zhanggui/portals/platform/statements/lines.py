"""The lines of one statement: as a list, unfolded under their fee, and summed at five granularities."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhanggui.portals.desk.drawers import is_expansion
from zhanggui.portals.desk.lists import (
    Column,
    Condition,
    IntegerColumn,
    ListPage,
    MoneyColumn,
    SelectFilter,
    SqlSource,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.lists.render import table
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.details.listed import detail_columns, detail_source, of_order, unsortable
from zhanggui.portals.platform.names import fee_name
from zhanggui.portals.platform.statements.page import Shown, grain_tabs, read, statement_url, tabs_of
from zhanggui.portals.platform.words import DETAIL_KINDS, GRANULARITIES, STATEMENT_STATES
from zhanggui.settlement.statements import queries

UNFOLDED = 20


class OfStatement(ListPage):
    """A list about one statement, with the tabs of its page above."""

    permission = "statements.view"
    template = "platform/statement_list.html"
    open_tab = "lines"

    @cached_property
    def shown(self) -> Shown:
        """The statement of the URL."""
        return read(self.scope["party_id"], self.scope["statement_id"])

    @property
    def document(self) -> dict[str, Any]:
        """What the template draws above the list."""
        row = self.shown.row
        return {
            "row": row,
            "badge": STATEMENT_STATES[row.state],
            "url": statement_url(row),
            "tabs": tabs_of(self.shown, self.open_tab),
            "grains": self.grains(),
        }

    def grains(self) -> list[Any]:
        """Choice of the granularity, where the list has one."""
        return []

    def restrict(self) -> Sequence[Any]:
        """Only this statement."""
        return [
            Condition("party_id", "eq", self.scope["party_id"]),
            Condition("statement_id", "eq", self.scope["statement_id"]),
        ]


class StatementLines(OfStatement):
    """Every detail of one statement."""

    name = "platform.statement_lines"
    title = _("Fee details of the statement")
    sort = "-occurred_at"

    def get_source(self) -> SqlSource:
        """Details."""
        return detail_source()

    def get_filters(self) -> Sequence[Any]:
        """By order, fee and kind; the fees are those that occur."""
        row = self.shown.row
        fees = [
            (str(fee["fee_type_id"]), fee_name(fee["fee_type_id"]))
            for fee in queries.fee_summary(row.party_id, row.id)
        ]
        return [
            TextFilter("order", _("Order number"), clause=of_order),
            SelectFilter("fee", _("Fee type"), fees, field="fee_type_id", read=int),
            SelectFilter("kind", _("Kind"), list(DETAIL_KINDS.items()), read=int),
        ]

    def get_columns(self) -> Sequence[Column]:
        """Without what is the same on every row."""
        columns = detail_columns(self.shown.row.currency)
        return [one for one in columns if one.key not in ("party_name", "statement_number")]


class UnfoldedLines(StatementLines):
    """The lines of one fee under its row in the summary."""

    name = ""
    page_size = UNFOLDED

    @cached_property
    def size(self) -> int:
        """Few rows at a time."""
        return UNFOLDED

    def get_columns(self) -> Sequence[Column]:
        """Plain headings; the fee is named above."""
        return unsortable(super().get_columns(), ("fee",))


@needs("statements.view")
def statement_lines(request: HttpRequest, party_id: int, statement_id: int) -> HttpResponse:
    """The list, or the part of it that unfolds under a fee."""
    scope = {"party_id": party_id, "statement_id": statement_id}
    if not is_expansion(request):
        return StatementLines.as_view()(request, **scope)
    page = UnfoldedLines(user=request.user, params=request.GET, scope=scope, request=request)
    here = page.slice
    context = {
        "table": table(page), "slice": here, "count": page.totals.count, "path": request.path,
        "all_url": f"{request.path}?{page.query(after=None)}",
        "next_url": f"{request.path}?{page.query(after=here.following)}" if here.following else "",
        "previous_url": f"{request.path}?{page.query(before=here.previous)}" if here.previous else "",
    }  # fmt: skip
    return HttpResponse(render_to_string("platform/unfolded.html", context, request=request))


# Each granularity: the columns it groups by, as (name, SQL).
GROUPS: dict[str, tuple[tuple[str, str], ...]] = {
    "fee": (("order_no", "o.order_no"), ("line_no", "l.line_no"), ("fee_type_id", "d.fee_type_id")),
    "order": (("order_no", "o.order_no"),),
    "spu": (("order_no", "o.order_no"), ("spu", "spu.code")),
    "sku": (("order_no", "o.order_no"), ("sku", "sku.code")),
    "sku_type": (("order_no", "o.order_no"), ("sku_type", "sku_type.code")),
}
PARTS = """
select * from (
  select {names}, b.party_id, b.statement_id, max(b.order_id) as order_id, min(b.occurred_at) as occurred_at,
    count(*)::bigint as details, sum(d.amount)::bigint as amount,
    concat_ws('|', {keys}) as id
  from settlement_billed_line b
  join settlement_detail_pattern p on p.id = b.pattern_id
  cross join lateral unnest(p.fee_types, b.amounts) as d(fee_type_id, amount)
  left join settlement_staged_order o on o.id = b.order_id and b.order_id > 0
  left join settlement_staged_line l on l.merchant_id = b.merchant_id and l.line_id = b.line_id
  left join settlement_dimension spu on spu.id = l.spu_id and l.spu_id > 0
  left join settlement_dimension sku on sku.id = l.sku_id and l.sku_id > 0
  left join settlement_dimension sku_type on sku_type.id = l.sku_type_id and l.sku_type_id > 0
  where {{where:line}}
  group by {columns}, b.party_id, b.statement_id) g where {{where}}
"""
LABELS = {
    "order_no": _("Order"), "line_no": _("Order line"), "spu": _("Product (SPU)"), "sku": _("Article (SKU)"),
    "sku_type": _("Kind of article"),
}  # fmt: skip


class StatementParts(OfStatement):
    """One statement, summed by order, product, article, kind of article, or fee per line."""

    name = "platform.statement_parts"
    title = _("The statement in parts")
    sort = "-amount"
    open_tab = "parts"

    @cached_property
    def grain(self) -> str:
        """The granularity of the URL."""
        if self.scope["grain"] not in GROUPS:
            raise Http404
        return str(self.scope["grain"])

    def grains(self) -> list[Any]:
        """The five granularities."""
        return grain_tabs(self.scope["party_id"], self.scope["statement_id"], self.grain)

    def get_source(self) -> SqlSource:
        """Groups of details."""
        group = GROUPS[self.grain]
        select = PARTS.format(
            names=", ".join(f"{sql} as {name}" for name, sql in group),
            keys=", ".join(f"coalesce({sql}::text, '')" for _name, sql in group),
            columns=", ".join(sql for _name, sql in group),
        )
        fields = {name: f"g.{name}" for name, _sql in group}
        fields |= {name: f"g.{name}" for name in ("id", "details", "amount", "occurred_at")}
        return SqlSource(
            select=select,
            fields=fields | {"party_id": ("b.party_id", "line"), "statement_id": ("b.statement_id", "line")},
        )

    def get_filters(self) -> Sequence[Any]:
        """By order."""
        return [TextFilter("order", _("Order number"), starts=["order_no"])]

    def get_columns(self) -> Sequence[Column]:
        """What it is grouped by, and the sums."""
        columns: list[Column] = []
        for place, (name, _sql) in enumerate(GROUPS[self.grain]):
            if name == "fee_type_id":
                columns.append(TextColumn("fee", _("Fee type"), value=lambda r: fee_name(r.fee_type_id)))
            else:
                columns.append(
                    TextColumn(name, LABELS[name], code=True, sort=name, nullable=True,
                               phone="sub" if place else "title",
                               href=order_url if name == "order_no" else None)
                )  # fmt: skip
        lines = reverse("platform:statement_lines", args=[self.scope["party_id"], self.scope["statement_id"]])
        columns += [
            IntegerColumn("details", _("Detail count"), total=True, sort="details", phone="badge",
                          href=lambda r: f"{lines}?order={r.order_no}" if r.order_no else None),
            MoneyColumn("amount", _("Amount"), currency=self.shown.row.currency, total=True, sort="amount",
                        phone="amount"),
        ]  # fmt: skip
        return columns


def order_url(row: Any) -> str | None:
    """The page of the order, where there is one."""
    return reverse("platform:order", args=[row.order_id]) if row.order_no else None


assert GROUPS.keys() == GRANULARITIES.keys()
