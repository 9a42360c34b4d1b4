"""Customers of a shop: who bought, how often, for how much, and when last."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    MoneyColumn,
    MoneyRangeFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.told.customers import CUSTOMERS, FIELDS
from zhanggui.portals.merchant.listing import OwnList

KINDS = {
    "once": Badge(pgettext_lazy("customer", "Bought once"), "blue"),
    "again": Badge(pgettext_lazy("customer", "Came again"), "green"),
}


class CustomerList(OwnList):
    """Everybody who paid an order of the shop."""

    name = "merchant.customers"
    title = pgettext_lazy("customers", "Customers")
    permission = "own_customers.view"
    sort = "-last_at"
    tabs = StatusTabs.of("kind", KINDS)
    empty = pgettext_lazy("customers", "Nobody has bought at your shop yet.")

    def get_source(self) -> SqlSource:
        """People and what their orders come to."""
        return SqlSource(select=CUSTOMERS, fields=FIELDS)

    def get_filters(self) -> Sequence[Any]:
        """By number, name, level, sum and day."""
        return [
            TextFilter("q", _("Number, name or level"), starts=["number", "level"], contains=["name"]),
            MoneyRangeFilter("paid", pgettext("customer", "Paid"), currency=self.currency),
            DateRangeFilter("last", pgettext("customer", "Last order"), field="last_at"),
            *self.currency_filters(),
        ]

    def get_columns(self) -> Sequence[Column]:
        """Who, how often, how much."""
        money: dict[str, Any] = {"currency": self.currency, "total": True}
        return [
            TextColumn("name", pgettext("customer", "Name"), sort="name", phone="title"),
            TextColumn("number", pgettext("customer", "Number"), code=True, sort="number", phone="sub"),
            StatusColumn("kind", pgettext("customer", "Comes"), badges=KINDS),
            TextColumn("level", _("Member level"), sort="level"),
            IntegerColumn("orders", pgettext("customer", "Orders"), sort="orders", total=True),
            MoneyColumn("paid", pgettext("customer", "Paid"), sort="paid", phone="amount", **money),
            MoneyColumn("given", _("Given back"), sort="given", **money),
            MoneyColumn("kept", pgettext("customer", "Left"), sort="kept", **money),
            DateTimeColumn("first_at", pgettext("customer", "First order"), sort="first_at", shown=False, phone=""),
            DateTimeColumn("last_at", pgettext("customer", "Last order"), sort="last_at"),
        ]  # fmt: skip
