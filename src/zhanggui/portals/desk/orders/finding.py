"""The search box: orders of a side by their number, the purchase's, a parcel's or its tracking number."""

from django.db.models import Q
from django.utils.translation import get_language

from zhanggui.parties.models import Party, PartyKind
from zhanggui.portals.desk.finding import Hit
from zhanggui.portals.desk.orders.side import Side
from zhanggui.portals.desk.orders.words import STATES, title_in
from zhanggui.trade.fulfilment.models import Parcel
from zhanggui.trade.fulfilment.rules import tracking_number
from zhanggui.trade.orders.models import Order

MOST = 5


def find_mall_orders(side: Side, text: str) -> list[Hit]:
    """Orders this side sees; every way to them goes by an index."""
    carriers = list(Party.objects.filter(kind=PartyKind.CARRIER).values_list("code", flat=True))
    by_parcel = Q(parcel_no=text) | Q(carrier__in=carriers, tracking_no=tracking_number(text) or text)
    with side.reading():
        parcels = list(Parcel.objects.filter(by_parcel).values_list("id", flat=True)[:MOST])
        found = Order.objects.filter(side.rows()).filter(
            Q(order_no=text) | Q(purchase__purchase_no=text) | Q(lines__parcel_lines__parcel_id__in=parcels)
        )
        rows = list(found.distinct().order_by("id").prefetch_related("lines")[:MOST])
        goods = {row.id: next(iter(row.lines.all()), None) for row in rows}
    language = get_language() or "zh"
    return [
        Hit(
            side.url("mall_order", row.order_no), row.order_no,
            f"{STATES[row.state].label} · {title_in(line.title, language) if (line := goods[row.id]) else ''}",
        )
        for row in rows
    ]  # fmt: skip
