"""Orders the supplier ships: the list, one of them, shipping by hand and by file, papers."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.parties.models import Party
from zhanggui.portals.desk.details import Action, Fact
from zhanggui.portals.desk.finding import Hit, Resolver
from zhanggui.portals.desk.lists import Column, Condition, ListPage, PartyColumn, SelectFilter, SqlSource
from zhanggui.portals.desk.orders import batch, live, page, printing, shipping
from zhanggui.portals.desk.orders.finding import find_mall_orders
from zhanggui.portals.desk.orders.listing import TABS, order_columns, order_filters, order_source
from zhanggui.portals.desk.orders.seen import party_names
from zhanggui.portals.desk.orders.side import Side
from zhanggui.portals.supplier.standing import side_at, supplier_of, supplier_page, supplier_standings
from zhanggui.trade.orders.models import Order, OrderState


class SupplierOrders(ListPage):
    """Orders the supplier ships, hidden from others by filter and by the database."""

    name = "supplier.mall_orders"
    title = gettext_lazy("Orders to ship")
    permission = "own_orders.view"
    sort = "-placed_at"
    tabs = TABS
    template = "desk/orders/list.html"
    empty = gettext_lazy("Orders stand here as soon as a merchant sells what you supply.")

    @property
    def party_id(self) -> int:
        """The supplier."""
        return int(self.scope["party_id"])

    @cached_property
    def side(self) -> Side:
        """The supplier's side."""
        return side_at(self.user, self.party_id)

    def reading(self) -> AbstractContextManager[None]:
        """As the supplier's tenant, if the person (still) may."""
        if not self.side.may("own_orders.view"):
            raise PermissionDenied(_("Your role at this supplier does not include this list."))
        return self.side.reading()

    @cached_property
    def currencies(self) -> list[str]:
        """Currencies the supplier ships in."""
        with self.reading():
            found = Order.objects.filter(supplier_id=self.party_id).values_list("currency", flat=True)
            return sorted(found.distinct()) or ["CNY"]

    @cached_property
    def currency(self) -> str:
        """The currency shown."""
        wanted = self.params.get("currency", "")
        return wanted if wanted in self.currencies else self.currencies[0]

    @cached_property
    def names(self) -> dict[int, str]:
        """What the merchants are called."""
        with self.reading():
            ids = (
                Order.objects.filter(supplier_id=self.party_id)
                .values_list("merchant_id", flat=True)
                .distinct()
            )
            wanted = list(ids)
        return party_names(list(Party.objects.filter(id__in=wanted).values_list("id", flat=True)))

    def restrict(self) -> Sequence[Any]:
        """The supplier, and one currency."""
        return [Condition("supplier_id", "eq", self.party_id), Condition("currency", "eq", self.currency)]

    def get_source(self) -> SqlSource:
        """Orders."""
        return order_source()

    def get_filters(self) -> Sequence[Any]:
        """By number, phone, tracking number, kind, hold, day."""
        filters = order_filters()
        if len(self.currencies) > 1:
            choices = [(code, code) for code in self.currencies]
            filters.append(
                SelectFilter("currency", _("Currency"), choices, field="currency", default=self.currencies[0])
            )
        return filters

    def get_columns(self) -> Sequence[Column]:
        """What is to be sent, for whom, at which supply price."""
        merchant = PartyColumn(
            "merchant_id", _("Merchant"), value=lambda r: self.names.get(r.merchant_id, ""), phone="line"
        )
        return order_columns(self.side, self.currency, [merchant])

    def page_actions(self) -> Sequence[Any]:
        """Shipping by file, papers."""
        if self.request is None or not self.side.may("own_orders.ship"):
            return []
        return [
            Action(_("Print what is to be shipped"), reverse("supplier:print_mall_orders"), icon="print"),
            Action(_("Ship by file"), reverse("supplier:ship_file"), "primary", icon="import"),
        ]

    @cached_property
    def picture(self) -> dict[str, Any]:
        """Counts for the first look; the stream goes on from there."""
        return live.picture(self.side, 0)

    @property
    def live_url(self) -> str:
        """Where the stream is."""
        return f"{reverse('supplier:mall_orders_stream')}?since={live.latest_paid(self.side)}"

    @property
    def parts_url(self) -> str:
        """Where the counts are for browsers without a stream."""
        return f"{reverse('supplier:mall_orders_parts')}?since={live.latest_paid(self.side)}"


@supplier_page("own_orders.view")
def mall_order(request: HttpRequest, side: Side, order_no: str) -> HttpResponse:
    """One order the supplier ships."""
    facts = []
    if side.may("own_details.view"):
        details = f"/merchant/details/?{urlencode({'q': order_no})}"
        facts.append(Fact(_("Settlement"), _("Billing details of this order"), href=details))
    return page.order_page(request, side, order_no, facts=facts)


@supplier_page("own_orders.note")
def note_mall_order(request: HttpRequest, side: Side, order_no: str) -> HttpResponse:
    """Write a note."""
    return page.note_page(request, side, order_no)


@supplier_page("own_orders.ship")
def ship_mall_order(request: HttpRequest, side: Side, order_no: str) -> HttpResponse:
    """Ship by hand."""
    return shipping.ship_page(request, side, order_no)


@supplier_page("own_orders.ship")
def take_back_parcel(request: HttpRequest, side: Side, order_no: str, parcel_no: str) -> HttpResponse:
    """Take a parcel back."""
    return page.take_back_page(request, side, order_no, parcel_no)


@supplier_page("own_orders.ship")
def lose_parcel(request: HttpRequest, side: Side, order_no: str, parcel_no: str) -> HttpResponse:
    """Mark a parcel as lost."""
    return page.lose_page(request, side, order_no, parcel_no)


@supplier_page("own_orders.ship")
def ship_file(request: HttpRequest, side: Side) -> HttpResponse:
    """Ship by file."""
    return batch.batch_page(request, side)


@supplier_page("own_orders.ship")
def to_ship_file(request: HttpRequest, side: Side) -> HttpResponse:
    """What is to be shipped, as a workbook."""
    return batch.to_ship_file(request, side)


@supplier_page("own_orders.view")
def print_mall_orders(request: HttpRequest, side: Side) -> HttpResponse:
    """Pick list and delivery notes."""
    return printing.print_page(request, side)


@supplier_page("own_orders.view")
def mall_orders_parts(request: HttpRequest, side: Side) -> HttpResponse:
    """Counts, now."""
    return live.live_parts(request, side)


@supplier_page("own_orders.view")
def mall_orders_stream(request: HttpRequest, side: Side) -> HttpResponseBase:
    """Counts, whenever they change."""
    return live.live_stream(request, side)


def to_ship_count(request: HttpRequest) -> int:
    """How many orders the supplier has to ship: the badge in the menu."""
    if not supplier_standings(request.user):
        return 0
    side = side_at(request.user, supplier_of(request).party.id)
    with side.reading():
        return Order.objects.filter(side.rows(), state=OrderState.PAID, held=False).count()


def found(request: HttpRequest, text: str) -> list[Hit]:
    """Orders the supplier ships, by any of their numbers."""
    return find_mall_orders(side_at(request.user, supplier_of(request).party.id), text)


RESOLVER = Resolver(
    "supplier.mall_orders",
    gettext_lazy("Orders to ship"),
    found,
    portal="supplier",
    permission="own_orders.view",
)
