"""The shop's orders: the list, one of them, shipping by hand and by file, papers, handing over at the counter."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.journeys.goods_handed_over import pickup_handed_over
from zhanggui.money.errors import Refusal
from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.details import Action, Fact
from zhanggui.portals.desk.lists import Column, Condition, SqlSource, TextColumn
from zhanggui.portals.desk.orders import batch, calling_off, live, page, printing, shipping
from zhanggui.portals.desk.orders.listing import TABS, order_columns, order_filters, order_source
from zhanggui.portals.desk.orders.side import Side
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.merchant.listing import OwnList
from zhanggui.portals.merchant.standing import own_scope, own_standings, shop_page, standing_at, standing_of
from zhanggui.trade.orders.models import Order, OrderState


def side_at(user: Any, party_id: int) -> Side:
    """A shop's side of its orders, for somebody who works there."""
    standing = standing_at(user, party_id)
    return Side(
        "merchant", party_id, prices=True, may=lambda right: standing is not None and standing.may(right)
    )


class MallOrders(OwnList):
    """Orders of the shop."""

    name = "merchant.mall_orders"
    title = gettext_lazy("Orders")
    permission = "own_orders.view"
    sort = "-placed_at"
    tabs = TABS
    template = "desk/orders/list.html"
    empty = gettext_lazy("Your orders stand here as soon as somebody buys.")

    @cached_property
    def side(self) -> Side:
        """The shop's side."""
        return side_at(self.user, self.party_id)

    def restrict(self) -> Sequence[Any]:
        """The shop, and one currency."""
        return [
            Condition("merchant_id", "eq", self.party_id),
            Condition("currency", "eq", self.currency),
        ]

    @cached_property
    def currencies(self) -> list[str]:
        """Currencies the shop sells in."""
        with self.reading():
            found = Order.objects.filter(merchant_id=self.party_id).values_list("currency", flat=True)
            return sorted(found.distinct()) or ["CNY"]

    def get_source(self) -> SqlSource:
        """Orders."""
        return order_source()

    def get_filters(self) -> Sequence[Any]:
        """By number, phone, tracking number, kind, hold, day."""
        return [*order_filters(), *self.currency_filters()]

    def get_columns(self) -> Sequence[Column]:
        """What was bought, where it goes, who ships it."""
        by = TextColumn(
            "supplier_id",
            _("Shipped by"),
            value=lambda r: _("Its supplier") if r.supplier_id else _("You"),
            phone="",
        )
        return order_columns(self.side, self.currency, [by])

    def page_actions(self) -> Sequence[Any]:
        """Shipping by file, papers, the counter."""
        if self.request is None or not self.side.may("own_orders.ship"):
            return []
        return [
            Action(_("Hand over"), reverse("merchant:hand_over"), icon="check"),
            Action(_("Print what is to be shipped"), reverse("merchant:print_mall_orders"), icon="print"),
            Action(_("Ship by file"), reverse("merchant:ship_file"), "primary", icon="import"),
        ]

    @cached_property
    def picture(self) -> dict[str, Any]:
        """Counts for the first look; the stream goes on from there."""
        return live.picture(self.side, 0)

    @property
    def live_url(self) -> str:
        """Where the stream is."""
        return f"{reverse('merchant:mall_orders_stream')}?since={live.latest_paid(self.side)}"

    @property
    def parts_url(self) -> str:
        """Where the counts are for browsers without a stream."""
        return f"{reverse('merchant:mall_orders_parts')}?since={live.latest_paid(self.side)}"


@shop_page("own_orders.view")
def mall_order(request: HttpRequest, party_id: int, order_no: str) -> HttpResponse:
    """One order of the shop."""
    side = side_at(request.user, party_id)
    facts, actions = [], []
    if side.may("own_details.view"):
        details = f"{reverse('merchant:details')}?{urlencode({'q': order_no})}"
        facts.append(Fact(_("Settlement"), _("Billing details of this order"), href=details))
    return page.order_page(request, side, order_no, facts=facts, actions=actions)


@shop_page("own_orders.note")
def note_mall_order(request: HttpRequest, party_id: int, order_no: str) -> HttpResponse:
    """Write a note."""
    return page.note_page(request, side_at(request.user, party_id), order_no)


@shop_page("own_orders.ship")
def ship_mall_order(request: HttpRequest, party_id: int, order_no: str) -> HttpResponse:
    """Ship by hand."""
    return shipping.ship_page(request, side_at(request.user, party_id), order_no)


@shop_page("own_returns.answer")
def call_off_mall_order(request: HttpRequest, party_id: int, order_no: str) -> HttpResponse:
    """Call off what has not left."""
    return calling_off.call_off_page(request, side_at(request.user, party_id), order_no)


@shop_page("own_orders.ship")
def take_back_parcel(request: HttpRequest, party_id: int, order_no: str, parcel_no: str) -> HttpResponse:
    """Take a parcel back."""
    return page.take_back_page(request, side_at(request.user, party_id), order_no, parcel_no)


@shop_page("own_orders.ship")
def lose_parcel(request: HttpRequest, party_id: int, order_no: str, parcel_no: str) -> HttpResponse:
    """Mark a parcel as lost."""
    return page.lose_page(request, side_at(request.user, party_id), order_no, parcel_no)


@shop_page("own_orders.ship")
def ship_file(request: HttpRequest, party_id: int) -> HttpResponse:
    """Ship by file."""
    return batch.batch_page(request, side_at(request.user, party_id))


@shop_page("own_orders.ship")
def to_ship_file(request: HttpRequest, party_id: int) -> HttpResponse:
    """What is to be shipped, as a workbook."""
    return batch.to_ship_file(request, side_at(request.user, party_id))


@shop_page("own_orders.view")
def print_mall_orders(request: HttpRequest, party_id: int) -> HttpResponse:
    """Pick list and delivery notes."""
    return printing.print_page(request, side_at(request.user, party_id))


@shop_page("own_orders.view")
def mall_orders_parts(request: HttpRequest, party_id: int) -> HttpResponse:
    """Counts, now."""
    return live.live_parts(request, side_at(request.user, party_id))


@shop_page("own_orders.view")
def mall_orders_stream(request: HttpRequest, party_id: int) -> HttpResponseBase:
    """Counts, whenever they change."""
    return live.live_stream(request, side_at(request.user, party_id))


@shop_page("own_orders.ship")
def hand_over(request: HttpRequest, party_id: int) -> HttpResponse:
    """The buyer stands at the counter and shows the code."""
    problem = ""
    if request.method == "POST":
        try:
            order = pickup_handed_over(
                merchant_id=party_id, code=request.POST.get("code", "")[:32], at=timezone.now(),
                actor=request.user.get_username(),
            )  # fmt: skip
        except Refusal as refusal:
            problem = refusal_text(refusal)
        else:
            messages.success(request, _("Order %(number)s is handed over.") % {"number": order.order_no})
            return HttpResponseRedirect(reverse("merchant:mall_order", args=[order.order_no]))
    context = {
        "title": _("Hand over at the shop"), "problem": problem, "back": reverse("merchant:mall_orders"),
        "breadcrumbs": [(_("Orders"), reverse("merchant:mall_orders")), (_("Hand over"), "")],
    }  # fmt: skip
    return render(request, "merchant/hand_over.html", context, status=422 if problem else 200)


def orders_to_ship_count(request: HttpRequest) -> int:
    """How many orders the shop has to ship: the badge in the menu."""
    if not own_standings(request.user) or not standing_of(request).may("own_orders.view"):
        return 0
    party_id = own_scope(request)["party_id"]
    with as_tenant(party_id):
        own = Order.objects.filter(merchant_id=party_id, supplier_id=0)
        return own.filter(state=OrderState.PAID, held=False).count()
