"""The shop's billing details: all of them with filters, and those of one statement."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from zhanggui.portals.desk.drawers import is_expansion
from zhanggui.portals.desk.lists import (
    BaseColumn,
    Column,
    Condition,
    DateRangeFilter,
    DateTimeColumn,
    LinkColumn,
    MoneyColumn,
    MoneyRangeFilter,
    SelectFilter,
    SqlSource,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.lists.render import table
from zhanggui.portals.merchant.listing import OwnList
from zhanggui.portals.merchant.own_details import OwnDetailSource, of_group, of_order_or_sku, of_part
from zhanggui.portals.merchant.standing import shop_page
from zhanggui.portals.merchant.statements import period_text
from zhanggui.portals.merchant.words import DETAIL_KINDS, DETAIL_PARTS, fee_name, group_names
from zhanggui.settlement.details.queries import base_is_units, unit_rules
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.statements.models import Statement

UNFOLDED = 50


def why_url(row: Any) -> str:
    """The drawer that says why the amount is what it is."""
    return reverse("merchant:why", args=[row.id])


class DetailList(OwnList):
    """Every detail: what was sold, what it cost, what came back."""

    name = "merchant.details"
    title = _("Billing details")
    permission = "own_details.view"
    sort = "-occurred_at"
    empty = _("Details appear as soon as your orders are billed.")

    def get_source(self) -> SqlSource:
        """Details with their order and article."""
        return OwnDetailSource(self.party_id)

    @cached_property
    def statements(self) -> list[tuple[str, str]]:
        """The latest statements, to filter by."""
        with self.reading():
            rows = Statement.objects.filter(party_id=self.party_id).order_by("-starts_on", "-id")[:60]
            return [(str(row.id), f"{period_text(row)} · {row.number}") for row in rows]

    def get_filters(self) -> Sequence[Any]:
        """By order or article, day, fee, kind, statement and amount."""
        fees = [(str(fee.id), fee_name(fee.id)) for fee in catalogue().by_id.values()]
        return [
            TextFilter("q", _("Order number or SKU"), clause=of_order_or_sku),
            DateRangeFilter("occurred", _("Day"), field="occurred_at"),
            SelectFilter("fee", _("Fee"), fees, field="fee_type_id", read=int),
            SelectFilter(
                "part", pgettext_lazy("details", "Part"), list(DETAIL_PARTS.items()), clause=of_part
            ),
            SelectFilter("group", _("Fee group"), list(group_names().items()), clause=of_group),
            SelectFilter("kind", _("Kind"), list(DETAIL_KINDS.items()), read=int),
            SelectFilter("statement", _("Statement"), self.statements, field="statement_id", read=int),
            MoneyRangeFilter("amount", _("Amount"), currency=self.currency),
            *self.currency_filters(),
        ]

    def get_columns(self) -> Sequence[Column]:
        """The amount opens its reason."""
        units = unit_rules()
        return [
            LinkColumn(
                "fee", _("Fee"), value=lambda row: fee_name(row.fee_type_id), href=why_url, drawer=True
            ),
            TextColumn("kind", _("Kind"), value=lambda row: DETAIL_KINDS.get(row.kind, row.kind), phone=""),
            TextColumn("order_no", _("Order"), code=True, sort="order_no", phone="sub"),
            TextColumn("sku", _("SKU"), code=True, phone=""),
            TextColumn("title", _("Article"), shown=False, phone=""),
            DateTimeColumn("occurred_at", _("Time"), sort="occurred_at", phone="badge"),
            MoneyColumn(
                "amount", _("Amount"), currency=self.currency, total=True, sort="amount", phone="amount",
                href=why_url, drawer=True,
            ),
            BaseColumn(
                "base", _("Base"), currency=self.currency, phone="",
                units=lambda row: base_is_units(row.kind, row.rule_id, units),
            ),
            TextColumn(
                "statement_number", _("Statement"), code=True, phone="",
                href=lambda row: reverse("merchant:statement", args=[row.statement_id]),
            ),
        ]  # fmt: skip


class StatementLines(DetailList):
    """The details of one statement."""

    name = "merchant.statement_lines"
    title = _("Details of the statement")

    def restrict(self) -> Sequence[Any]:
        """One statement."""
        return [*super().restrict(), Condition("statement_id", "eq", self.scope["statement_id"])]

    @cached_property
    def currencies(self) -> list[str]:
        """The statement's own currency."""
        with self.reading():
            rows = Statement.objects.filter(party_id=self.party_id, id=self.scope["statement_id"])
            found = list(rows.values_list("currency", flat=True))
        if not found:
            raise Http404(gettext("There is no such statement."))
        return found

    def get_filters(self) -> Sequence[Any]:
        """Without the choice of a statement."""
        return [one for one in super().get_filters() if one.name != "statement"]

    def get_columns(self) -> Sequence[Column]:
        """Without its number on every row."""
        return [one for one in super().get_columns() if one.key != "statement_number"]


class Unfolded(StatementLines):
    """The details of one fee, under its row in the summary."""

    name = ""
    page_size = UNFOLDED


@shop_page("own_details.view")
def statement_lines(request: HttpRequest, party_id: int, statement_id: int) -> HttpResponse:
    """The list, or the bare table that unfolds under a fee."""
    scope = {"party_id": party_id, "statement_id": statement_id}
    if not is_expansion(request):
        return StatementLines.as_view(scope=lambda _request: scope)(request)
    return HttpResponse(table(Unfolded(user=request.user, params=request.GET, scope=scope, request=request)))
