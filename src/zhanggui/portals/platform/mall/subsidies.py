"""Subsidies (补差): what the platform bears of coupons, paid into sub-merchants' orders at the channel."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    LinkColumn,
    MoneyColumn,
    PartyColumn,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.platform.mall.listing import MallList
from zhanggui.portals.platform.mall.words import SUBSIDY_STATES
from zhanggui.portals.platform.names import PARTY_NAME

FIELDS = {
    "id": "u.id", "number": "u.number", "state": "u.state", "currency": "u.currency", "order_no": "u.order_no",
    "promised": "u.promised_minor", "amount": "u.amount_minor", "said": "u.said", "tries": "u.tries",
    "channel_number": "u.channel_number", "made_at": "u.made_at", "ended_at": "u.ended_at",
    "party_name": PARTY_NAME, "party_code": "p.code",
    "returned": "coalesce((select sum(r.amount_minor) from settlement_subsidy_return r"
    " where r.subsidy_id = u.id and r.state = 'succeeded'), 0)::bigint",
    "returning": "coalesce((select sum(r.amount_minor) from settlement_subsidy_return r"
    " where r.subsidy_id = u.id and r.state = 'recorded'), 0)::bigint",
}  # fmt: skip
TABLES = "settlement_subsidy u left join parties_party p on p.id = u.merchant_id where {where}"


class SubsidyList(MallList):
    """What was promised, what was paid, what came back, and what the channel says where it has not been done yet."""

    name = "platform.subsidies"
    title = pgettext_lazy("subsidies", "Subsidies")
    permission = "splits.view"
    sort = "-made_at"
    tabs = StatusTabs.of("state", SUBSIDY_STATES)
    empty = gettext_lazy(
        "Subsidies appear here once an order with a platform coupon, paid to a sub-merchant, is billed at a channel"
        " whose settings say that it subsidizes."
    )

    def get_source(self) -> SqlSource:
        """Subsidies with their merchant."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        return SqlSource(select=f"select {selected} from {TABLES}", fields=FIELDS, params=language_params())

    def get_filters(self) -> Sequence[Any]:
        """By number, order, merchant and day."""
        return [
            TextFilter("q", gettext_lazy("Subsidy or order number, merchant"),
                       starts=["number", "order_no", "party_code"], contains=["party_name"]),
            DateRangeFilter("made", gettext_lazy("Made"), field="made_at"),
            *self.currency_filters(),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """Of which order, how much, how far, and what the channel said."""
        return [
            TextColumn("number", _("Number"), code=True, sort="number", phone="line"),
            StatusColumn("state", _("Status"), badges=SUBSIDY_STATES),
            PartyColumn("party_name", _("Merchant")),
            LinkColumn("order_no", _("Order"), href=lambda r: reverse("platform:mall_order", args=[r.order_no])),
            MoneyColumn("promised", _("Promised"), currency=self.currency, total=True, phone=""),
            MoneyColumn("amount", pgettext("subsidies", "Amount"), currency=self.currency, total=True,
                        sort="amount", phone="amount"),
            MoneyColumn("returned", _("Taken back"), currency=self.currency, total=True, phone=""),
            MoneyColumn("returning", _("Being taken back"), currency=self.currency, total=True, phone=""),
            TextColumn("said", _("Said"), value=lambda r: "" if r.state == "paid" else r.said, phone="line"),
            TextColumn("tries", _("Times asked"), phone="", shown=False),
            DateTimeColumn("made_at", _("Made"), sort="made_at"),
            DateTimeColumn("ended_at", _("Ended"), sort="ended_at", nullable=True, phone=""),
        ]  # fmt: skip
