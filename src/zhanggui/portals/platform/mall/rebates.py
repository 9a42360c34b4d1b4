"""Member rebates (会员返利): what members got back of what they bought, a coupon a month, and what became of it."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zhanggui.portals.desk.amounts import format_money, format_rate
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Action
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    MoneyColumn,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.platform.guarded.documents import Cell, Table
from zhanggui.portals.platform.mall.listing import MallList
from zhanggui.trade.orders.queries import REBATE_MONTH_SQL, REBATES, rebated_orders

STATES = {
    "free": Badge(pgettext_lazy("rebate", "Not used yet"), "blue"),
    "reserved": Badge(pgettext_lazy("rebate", "In an order to be paid"), "amber"),
    "used": Badge(pgettext_lazy("rebate", "Used"), "green"),
    "lapsed": Badge(pgettext_lazy("rebate", "Out of time"), "grey"),
}
"""What became of the coupon that a member got."""
FIELDS = {
    "id": "h.id", "code": "c.code", "month": REBATE_MONTH_SQL,
    "state": "case when h.state = 'free' and c.use_ends_before <= now() then 'lapsed' else h.state end",
    "currency": "c.currency", "amount": "c.amount_minor", "given_at": "c.created_at",
    "until": "c.use_ends_before", "used_at": "h.used_at", "purchase_no": "h.purchase_no", "buyer": "b.number",
    "buyer_name": "b.name", "level": "b.level_code",
    "orders": "(select count(*) from trade_order o where o.rebate_code = c.code)",
}  # fmt: skip
TABLES = f"""
trade_held_coupon h join trade_coupon c on c.id = h.coupon_id join trade_buyer b on b.id = h.buyer_id
where c.code like '{REBATES}%%' and exists (select from trade_order o where o.rebate_code = c.code) and {{where}}
"""


class WholeCode(LinkColumn):
    """A code of which the end tells rows apart: it is never cut short."""

    css = "code is-whole"


class RebateList(MallList):
    """Who got how much back for which month, and whether it was used."""

    name = "platform.member_rebates"
    title = pgettext_lazy("members", "Member rebates")
    permission = "promotions.view"
    sort = "-given_at"
    tabs = StatusTabs.of("state", STATES)
    empty = gettext_lazy(
        "Members get back here what the parameters of the mall promise them: a coupon in the month after their orders"
        " are completed."
    )

    def get_source(self) -> SqlSource:
        """Coupons given back, with their members."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        return SqlSource(select=f"select {selected} from {TABLES}", fields=FIELDS)

    def page_actions(self) -> list[Action]:
        """Where it is said how much members get back."""
        return [Action(_("Parameters of the mall"), reverse("platform:mall_parameters"), icon="gear")]

    def get_filters(self) -> Sequence[Any]:
        """By coupon, member, month and day."""
        return [
            TextFilter("q", gettext_lazy("Coupon, number or name of the member"), starts=["code", "buyer"],
                       contains=["buyer_name"]),
            TextFilter("month", gettext_lazy("Month, like 2026-10"), starts=["month"]),
            DateRangeFilter("given", pgettext_lazy("rebate", "Given"), field="given_at"),
            *self.currency_filters(),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """Who, for which month, how much, and what became of it."""
        return [
            WholeCode("code", _("Coupon"), sort="code", href=lambda r: reverse("platform:coupon", args=[r.code])),
            StatusColumn("state", _("Status"), badges=STATES),
            TextColumn("month", pgettext("rebate", "For the month"), sort="month", phone="line"),
            LinkColumn("buyer", pgettext("buyers", "Member"), sort="buyer", phone="line",
                       href=lambda r: reverse("platform:buyer", args=[r.buyer])),
            TextColumn("buyer_name", pgettext("members", "Name"), phone="sub"),
            TextColumn("level", pgettext("buyer", "Level"), phone="", shown=False),
            IntegerColumn("orders", pgettext("rebate", "Orders"), total=True, phone=""),
            MoneyColumn("amount", _("Amount"), currency=self.currency, total=True, sort="amount", phone="amount"),
            DateTimeColumn("given_at", pgettext("rebate", "Given"), sort="given_at"),
            DateTimeColumn("until", pgettext("rebate", "Usable until before"), sort="until", phone=""),
            DateTimeColumn("used_at", pgettext("rebate", "Used at"), sort="used_at", nullable=True, phone=""),
            TextColumn("purchase_no", pgettext("rebate", "Used for purchase"), code=True, phone="", shown=False),
        ]  # fmt: skip


def rebate_of_orders(code: str, currency: str) -> Table | None:
    """The orders that a coupon gave something back for, with what of each; None for any other coupon."""
    orders = rebated_orders([code])[code]
    if not orders:
        return None
    return Table(
        pgettext("rebate", "Given back for these orders"),
        [(_("Order"), False), (pgettext("rebate", "Completed"), False),
         (pgettext("rebate", "Paid for goods kept"), True), (pgettext("rebate", "Of it"), True),
         (pgettext("rebate", "Given back"), True)],
        [
            [
                Cell(one.order_no, reverse("platform:mall_order", args=[one.order_no]), code=True),
                Cell(one.completed_at), Cell(format_money(one.kept_minor, currency), number=True),
                Cell(format_rate(one.rebate_ppm), number=True),
                Cell(format_money(one.amount_minor, currency), number=True),
            ]
            for one in orders
        ],
        "",
    )  # fmt: skip
