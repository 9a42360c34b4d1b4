"""The order flow: what each order yields for its merchant and where that is now."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    LinkColumn,
    MoneyColumn,
    PartyColumn,
    RawSql,
    SelectFilter,
    SqlSource,
    StatusColumn,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.platform.details.listed import of_party
from zhanggui.portals.platform.funds.words import PLACES
from zhanggui.portals.platform.listing import MoneyList, activity_presets
from zhanggui.portals.platform.names import parties, party_name
from zhanggui.settlement.monitoring.queries import order_flow


class OrderFlow(MoneyList):
    """One row per order and merchant; the stations add up to what it yields."""

    name = "platform.order_flow"
    title = gettext_lazy("Order flow")
    permission = "funds.view"
    sort = "-ordered_at"

    def get_source(self) -> SqlSource:
        """Orders with what was billed of them."""
        return SqlSource(
            select=order_flow.ORDER_FLOW, fields=order_flow.FIELDS,
        )  # fmt: skip

    def get_filters(self) -> Sequence[Any]:
        """By order, merchant, day and station."""

        def of_merchant(text: str) -> RawSql:
            found = of_party(text)
            return RawSql(found.sql.replace("b.party_id", "sl.merchant_id"), found.params, "line")

        return [
            TextFilter("q", _("Order number"), starts=["order_no"]),
            TextFilter("party", _("Merchant code or name"), clause=of_merchant),
            DateRangeFilter("ordered", _("Ordered"), field="ordered_at", default="recent",
                            presets=lambda: activity_presets(self.currency)),
            SelectFilter("place", _("Where it is now"), [(code, badge.label) for code, badge in PLACES.items()]),
            *self.currency_filters(),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """What was ordered, what it comes to, where that is."""
        return [
            LinkColumn("order_no", _("Order"), href=lambda r: reverse("platform:order", args=[r.order_id])),
            PartyColumn("party_id", _("Merchant"), value=Names().text,
                        href=lambda r: reverse("platform:fund_flow", args=[r.party_id])),
            DateTimeColumn("ordered_at", _("Ordered"), sort="first_ordered", phone=""),
            StatusColumn("place", _("Where it is now"), badges=PLACES),
            TextColumn("statement", _("Statement"), value=lambda r: r.statement_number, code=True, phone="line",
                       href=lambda r: reverse("platform:statement", args=[r.party_id, r.statement_id])
                       if r.statement_number else None),
            *money_columns(self.currency),
        ]  # fmt: skip


class Names:
    """Names of the merchants of one page, read once each."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}

    def text(self, row: Any) -> str:
        """The merchant's name."""
        if row.party_id not in self._known:
            self._known[row.party_id] = party_name(parties([row.party_id]).get(row.party_id))
        return self._known[row.party_id]


def money_columns(currency: str) -> list[Column]:
    """What the order comes to, and its stations."""
    shown: dict[str, Any] = {"currency": currency, "total": True}
    return [
        MoneyColumn("ordered", _("Ordered for"), phone="", **shown),
        MoneyColumn("goods", _("Goods"), phone="", **shown),
        MoneyColumn("fees", _("Commission and fees"), phone="", **shown),
        MoneyColumn("refunds", _("Refunds"), phone="", **shown),
        MoneyColumn("other", _("Corrections"), phone="", **(shown | {"shown": False})),
        MoneyColumn("yields", _("Yields"), phone="amount", sort="yields", **shown),
        *(MoneyColumn(code, PLACES[code].label, phone="line", **shown) for code in order_flow.PLACES),
    ]
