"""The shop's money: what stands where at the end of a day, and what each order yields."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Figure
from zhanggui.portals.desk.lists import (
    Column,
    Condition,
    DateRangeFilter,
    DateTimeColumn,
    LinkColumn,
    MoneyColumn,
    SelectFilter,
    SqlSource,
    StatusColumn,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.merchant.flow import ACCOUNTS
from zhanggui.portals.merchant.listing import OwnList, currencies_of
from zhanggui.portals.merchant.standing import shop_page
from zhanggui.settlement.monitoring.queries import funds, order_flow

PLACES = {
    "pending": Badge(gettext_lazy("Pending"), "grey"),
    "accruing": Badge(gettext_lazy("Accruing"), "blue"),
    "confirming": Badge(gettext_lazy("To confirm"), "amber"),
    "confirmed": Badge(gettext_lazy("Confirmed"), "green"),
    "paying": Badge(pgettext_lazy("order", "Being paid out"), "blue"),
    "paid": Badge(pgettext_lazy("order", "Paid out"), "green"),
    "carried": Badge(gettext_lazy("Carried on"), "grey"),
    "none": Badge("–", "grey"),
}


@shop_page("own_funds.view")
def funds_page(request: HttpRequest, party_id: int) -> HttpResponse:
    """Every figure at the end of one day, each leading to the movements that add up to it."""
    today = timezone.localdate()
    text, problem = request.GET.get("through", "").strip(), ""
    try:
        through = date.fromisoformat(text) if text else today
    except ValueError:
        through, problem = today, _("“%(text)s” is not a day. Write days as 2026-11-22.") % {"text": text}
    with as_tenant(party_id):
        known = currencies_of(party_id)
        found = {code: funds.snapshot(currency=code, through=through, party_id=party_id) for code in known}
    groups = [
        (code, [_figure(name, amount, code, through) for name, amount in figures.items()])
        for code, figures in found.items()
    ]
    context = {"title": _("Funds"), "groups": groups, "through": through, "problem": problem}
    return render(request, "merchant/funds.html", context)


def _figure(name: str, amount: int, currency: str, through: date) -> Figure:
    query = {"account": name, "currency": currency, "through": f"{through:%Y-%m-%d}"}
    return Figure(
        ACCOUNTS[name], f"{reverse('merchant:flow')}?{urlencode(query)}", amount=amount, currency=currency,
        tone="red" if name == "debts" and amount else "",
    )  # fmt: skip


class OrderFlow(OwnList):
    """One row per order; the stations add up to what it yields."""

    name = "merchant.order_flow"
    title = gettext_lazy("Order flow")
    permission = "own_funds.view"
    sort = "-ordered_at"

    def get_source(self) -> SqlSource:
        """The shop's orders with what was billed of them."""
        return SqlSource(select=order_flow.ORDER_FLOW, fields=order_flow.FIELDS)

    def restrict(self) -> Sequence[Any]:
        """The shop, and one currency."""
        return [
            Condition("party_id", "eq", self.party_id),
            Condition("currency", "eq", self.currency),
        ]

    def get_filters(self) -> Sequence[Any]:
        """By order, day and station."""
        return [
            TextFilter("q", _("Order number"), starts=["order_no"]),
            DateRangeFilter("ordered", _("Ordered"), field="ordered_at"),
            SelectFilter("place", _("Where it is now"), [(code, badge.label) for code, badge in PLACES.items()]),
            *self.currency_filters(),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """What was ordered, what it comes to, where that is."""
        money: dict[str, Any] = {"currency": self.currency, "total": True}
        return [
            LinkColumn("order_no", _("Order"), href=lambda r: f"{reverse('merchant:details')}?q={r.order_no}"),
            DateTimeColumn("ordered_at", _("Ordered"), sort="first_ordered", phone=""),
            StatusColumn("place", _("Where it is now"), badges=PLACES),
            TextColumn("statement", _("Statement"), value=lambda r: r.statement_number, code=True, phone="line",
                       href=lambda r: reverse("merchant:statement", args=[r.statement_id])
                       if r.statement_number else None),
            MoneyColumn("ordered", _("Ordered for"), phone="", **money),
            MoneyColumn("goods", _("Goods"), phone="line", **money),
            MoneyColumn("fees", _("Commission and fees"), phone="line", **money),
            MoneyColumn("refunds", _("Refunds"), phone="line", **money),
            MoneyColumn("other", _("Corrections"), phone="", **money),
            MoneyColumn("yields", _("Yields"), phone="amount", sort="yields", **money),
            *(MoneyColumn(code, PLACES[code].label, phone="line", **money) for code in order_flow.PLACES),
        ]  # fmt: skip
