"""The list of orders: one source, filters and columns for every side."""

import json
from collections.abc import Sequence
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    MoneyColumn,
    RawSql,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.orders.side import Side
from zhanggui.portals.desk.orders.words import HELD, KINDS, STATES, title_in
from zhanggui.trade.fulfilment.rules import tracking_number

FIELDS = {
    "id": "o.id", "order_no": "o.order_no", "merchant_id": "o.merchant_id", "supplier_id": "o.supplier_id",
    "state": "o.state", "held": "o.held", "kind": "o.kind", "currency": "o.currency", "goods": "o.goods_minor",
    "discounts": "(o.shop_discount_minor + o.platform_discount_minor)", "freight": "o.freight_minor",
    "due": "o.due_minor", "supply": "l.supply", "units": "l.units", "title": "l.title", "placed_at": "o.placed_at",
    "paid_at": "o.paid_at", "shipped_at": "o.shipped_at", "recipient": "p.address->>'recipient'",
    "city": "coalesce(p.address->>'city', '')", "lines": "l.lines",
}  # fmt: skip
TABLES = """
trade_order o join trade_purchase p on p.id = o.purchase_id left join lateral (
  select count(*)::int as lines, sum(x.quantity)::int as units, sum(x.supply_minor * x.quantity)::bigint as supply,
    (array_agg(x.title order by x.id))[1] as title from trade_order_line x where x.order_id = o.id) l on true
"""
TABS = StatusTabs.of("state", STATES)


def order_source() -> SqlSource:
    """Orders with what stands on their lines and where they go."""
    selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
    return SqlSource(select=f"select {selected} from {TABLES} where {{where}}", fields=FIELDS)


def of_text(text: str) -> RawSql:
    """Orders by number, by the phone they go to, or by a tracking number on one of their parcels."""
    return RawSql(
        "(o.order_no like %(of_text)s or p.purchase_no = %(of_whole)s or p.address->>'phone' = %(of_whole)s"
        " or exists (select from trade_order_line ol join trade_parcel_line pl on pl.line_id = ol.id"
        "  join trade_parcel pp on pp.id = pl.parcel_id where ol.order_id = o.id"
        "  and (pp.tracking_no = %(of_tracking)s or pp.parcel_no = %(of_whole)s)))",
        {"of_text": text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%", "of_whole": text,
         "of_tracking": tracking_number(text) or text},
    )  # fmt: skip


def order_filters() -> list[Any]:
    """By number, phone or tracking number; kind, hold and days."""
    held = [("1", _("Only those on hold")), ("0", _("Only those that are not"))]
    return [
        TextFilter("q", _("Order, phone or tracking number"), clause=of_text),
        SelectFilter("kind", pgettext("goods", "Delivery"), list(KINDS.items())),
        SelectFilter("held", pgettext("mall order", "On hold"), held, read=lambda text: text == "1"),
        DateRangeFilter("placed", pgettext("mall order", "Placed"), field="placed_at"),
        DateRangeFilter("paid", pgettext("mall order", "Paid"), field="paid_at"),
    ]


def state_of(row: Any) -> Badge:
    """Held shows first: it is why nothing happens."""
    return HELD if row.held else STATES[row.state]


def goods_text(row: Any) -> str:
    """`Oolong, 250 g` or `Oolong, 250 g +2`."""
    named = json.loads(row.title) if isinstance(row.title, str) else row.title or {}
    title = title_in(named, get_language() or "zh")
    return title if row.lines < 2 else f"{title} +{row.lines - 1}"


def _whom(row: Any) -> str:
    return f"{row.recipient or '–'} {row.city}".strip()


def order_columns(side: Side, currency: str, more: Sequence[Column] = ()) -> list[Column]:
    """What is shown of an order in a list, in the currency of the list."""
    money = {"currency": currency, "total": True}
    prices: list[Column] = [MoneyColumn("supply", _("Supply price"), sort="supply", phone="amount", **money)]
    if side.prices:
        prices = [
            MoneyColumn("goods", _("Goods"), sort="goods", phone="", **money),
            MoneyColumn("discounts", _("Discounts"), sort="discounts", phone="", **money),
            MoneyColumn("freight", _("Freight"), phone="", shown=False, **money),
            MoneyColumn("due", _("Paid by the buyer"), sort="due", phone="amount", **money),
        ]
    return [
        LinkColumn("order_no", _("Order"), sort="order_no", href=lambda r: side.url("mall_order", r.order_no)),
        StatusColumn("state", _("Status"), value=state_of, badges=lambda badge: badge),
        TextColumn("title", pgettext("mall order", "Goods"), value=goods_text, phone="sub", wrap=True),
        IntegerColumn("units", _("Units"), total=True, phone="line"),
        *prices,
        *more,
        TextColumn("recipient", _("Recipient"), value=_whom, phone="line"),
        DateTimeColumn("placed_at", pgettext("mall order", "Placed"), sort="placed_at", phone=""),
        DateTimeColumn("paid_at", pgettext("mall order", "Paid"), sort="paid_at", nullable=True, phone="line"),
        DateTimeColumn("shipped_at", pgettext("mall order", "Shipped"), nullable=True, shown=False, phone=""),
    ]  # fmt: skip
