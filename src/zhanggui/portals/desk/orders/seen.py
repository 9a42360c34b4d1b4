"""Everything about one order that its pages draw, read in one block of its side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhanggui.parties.models import Party
from zhanggui.portals.desk.orders.side import Side
from zhanggui.portals.desk.orders.words import SHARES, title_in
from zhanggui.trade.fulfilment.models import Parcel
from zhanggui.trade.fulfilment.queries import parcels_of, sent_units, shipper_of
from zhanggui.trade.orders.models import LineShare, Order, OrderLine, OrderStep


@dataclass(frozen=True)
class ShareSeen:
    """What one promotion took off a line, and who pays for it. Minor units."""

    name: str
    source: str
    amount: int
    platform: int

    @property
    def shop(self) -> int:
        """The shop's part."""
        return self.amount - self.platform


@dataclass(frozen=True)
class LineSeen:
    """A line with what was shipped of it."""

    line: OrderLine
    title: str
    specs: str
    sent: int
    shares: Sequence[ShareSeen]

    @property
    def left(self) -> int:
        """Units that are in no parcel."""
        return max(0, self.line.quantity - self.sent)

    @property
    def supply(self) -> int:
        """What the merchant pays the supplier for the line."""
        return self.line.supply_minor * self.line.quantity

    @property
    def paid(self) -> int:
        """What the buyer pays for the line, freight and all."""
        return self.line.paid_goods_minor + self.line.freight_minor


@dataclass(frozen=True)
class OrderSeen:
    """An order, its lines, parcels and history, and whose it is."""

    order: Order
    lines: Sequence[LineSeen]
    parcels: Sequence[Parcel]
    steps: Sequence[OrderStep]
    merchant: str
    shipper: str

    @property
    def address(self) -> dict[str, Any]:
        """Where it goes; empty for what does not travel."""
        return dict(self.order.purchase.address or {})

    @property
    def lines_come_to(self) -> int:
        """What the lines add up to."""
        return sum(one.paid for one in self.lines)

    @property
    def supply(self) -> int:
        """What the merchant pays the supplier for all of it."""
        return sum(one.supply for one in self.lines)

    @property
    def to_ship(self) -> int:
        """Units that are in no parcel."""
        return sum(one.left for one in self.lines)

    def reached(self, field: str) -> datetime | None:
        """When it reached a station."""
        found: datetime | None = getattr(self.order, field)
        return found


def see(side: Side, order_no: str) -> OrderSeen:
    """An order of this side, or 404."""
    with side.reading():
        order = side.order(order_no)
        lines = lines_of(order, shares=side.prices)
        parcels, steps = parcels_of(order.id), list(order.steps.order_by("id"))
    names = party_names([order.merchant_id, shipper_of(order)])
    return OrderSeen(
        order, lines, parcels, steps, names.get(order.merchant_id, ""), names.get(shipper_of(order), "")
    )


def lines_of(order: Order, *, shares: bool) -> list[LineSeen]:
    """The lines of an order; their shares where this side may see them."""
    return lines_of_many([order], shares=shares)[order.id]


def lines_of_many(orders: Sequence[Order], *, shares: bool = False) -> dict[int, list[LineSeen]]:
    """The lines of each of these orders."""
    lines = list(OrderLine.objects.filter(order__in=orders).order_by("order_id", "id"))
    sent = sent_units(line.id for line in lines)
    language = get_language() or "zh"
    taken: dict[int, list[ShareSeen]] = {}
    if shares:
        for one in LineShare.objects.filter(line__in=lines).order_by("line_id", "id"):
            taken.setdefault(one.line_id, []).append(
                ShareSeen(
                    str(SHARES.get(one.kind, one.kind)), one.source, one.amount_minor, one.platform_minor
                )
            )
    found: dict[int, list[LineSeen]] = {order.id: [] for order in orders}
    for line in lines:
        title, specs = title_in(line.title, language), specs_text(line.specs)
        found[line.order_id].append(LineSeen(line, title, specs, sent[line.id], taken.get(line.id, ())))
    return found


def specs_text(specs: dict[str, Any]) -> str:
    """`red · L`."""
    return " · ".join(str(value) for value in specs.values())


def party_names(ids: Sequence[int]) -> dict[int, str]:
    """What parties are called in the language of the page."""
    language = get_language() or "zh"
    return {party.id: party.name_in(language) for party in Party.objects.filter(id__in=set(ids))}


def address_text(address: dict[str, Any]) -> str:
    """`王小明 13800001111, 上海 南京东路 1 号`."""
    where = " ".join(str(address[key]) for key in ("city", "street", "postcode") if address.get(key))
    whom = " ".join(str(address[key]) for key in ("recipient", "phone") if address.get(key))
    return ", ".join(part for part in (whom, where) if part) or _("Nothing travels")
