"""Orders of the mall, all merchants': the list, one of them, holding and releasing, transfer to another shipper."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from zhanggui.journeys.mall_order_held import mall_order_held, mall_order_released
from zhanggui.journeys.order_transferred import order_transferred
from zhanggui.journeys.parcel_tracked import parcel_tracked
from zhanggui.parties.models import Party
from zhanggui.portals.desk.details import Action, Fact
from zhanggui.portals.desk.lists import (
    Column,
    Condition,
    PartyColumn,
    RawSql,
    SqlSource,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.orders import calling_off, page, printing
from zhanggui.portals.desk.orders.listing import TABS, order_columns, order_filters, order_source
from zhanggui.portals.desk.orders.seen import party_names
from zhanggui.portals.desk.orders.side import Side
from zhanggui.portals.desk.people import may
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.guarded.documents import Field, Form, Incomplete, Typed, acted, form_page
from zhanggui.portals.platform.mall.listing import MallList
from zhanggui.portals.platform.words import ORDER_HOLD_REASONS
from zhanggui.settlement.intake.models import HoldReason, StagedOrder
from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.catalogue.models import Warehouse
from zhanggui.trade.fulfilment.queries import parcels_of, shipper_of
from zhanggui.trade.fulfilment.rules import TrackingEvent
from zhanggui.trade.orders.models import Order, OrderState


def side_of(user: Any) -> Side:
    """The platform's side: every order."""
    return Side("platform", None, prices=True, may=lambda right: may(user, right))


def _of_party(text: str) -> RawSql:
    return RawSql(
        "exists (select from parties_party op where op.code = %(party_code)s"
        " and op.id in (o.merchant_id, o.supplier_id))",
        {"party_code": text},
    )  # fmt: skip


def _of_buyer(text: str) -> RawSql:
    return RawSql(
        "o.buyer_id in (select ob.id from trade_buyer ob where ob.number = %(buyer)s or ob.phone = %(buyer)s)",
        {"buyer": text},
    )


class MallOrders(MallList):
    """Orders of all merchants."""

    name = "platform.mall_orders"
    title = gettext_lazy("Orders of the mall")
    permission = "orders.view"
    sort = "-placed_at"
    tabs = TABS
    empty = gettext_lazy("Orders stand here as soon as somebody buys in the mall.")

    @cached_property
    def side(self) -> Side:
        """The platform's side."""
        return side_of(self.user)

    @cached_property
    def names(self) -> dict[int, str]:
        """What merchants and suppliers are called."""
        return party_names(list(Party.objects.values_list("id", flat=True)))

    def restrict(self) -> Sequence[Any]:
        """One currency."""
        return [Condition("currency", "eq", self.currency)]

    def get_source(self) -> SqlSource:
        """Orders."""
        return order_source()

    def get_filters(self) -> Sequence[Any]:
        """By number, party, buyer, kind, hold, day."""
        return [
            *order_filters(),
            TextFilter("party", _("Code of the merchant or supplier"), clause=_of_party),
            TextFilter("buyer", _("Number or phone of the buyer"), clause=_of_buyer),
            *self.currency_filters(),
        ]

    def get_columns(self) -> Sequence[Column]:
        """Whose it is, what was bought, where it goes."""
        more: list[Column] = [
            PartyColumn(
                "merchant_id", _("Merchant"), value=lambda r: self.names.get(r.merchant_id, ""), phone="line"
            ),
            TextColumn(
                "supplier_id", _("Supplier"), value=lambda r: self.names.get(r.supplier_id, ""), phone=""
            ),
        ]
        return order_columns(self.side, self.currency, more)


def _order_or_404(order_no: str) -> Order:
    order = Order.objects.filter(order_no=order_no).select_related("warehouse").first()
    if order is None:
        raise Http404(_("There is no such order."))
    return order


@needs("orders.view")
def mall_order(request: HttpRequest, order_no: str) -> HttpResponse:
    """One order."""
    order = _order_or_404(order_no)
    buyer = Buyer.objects.filter(id=order.buyer_id).first()
    staged = StagedOrder.objects.filter(order_no=order_no).first()
    facts = [Fact(pgettext("mall order", "Buyer"), f"{buyer.number} {buyer.name}" if buyer else "–")]
    if staged is not None:
        facts.append(
            Fact(
                _("Settlement"),
                _("Lines, details and entries"),
                href=reverse("platform:order", args=[staged.id]),
            )
        )
    elif order.told_fault:
        facts.append(Fact(_("Settlement"), _("Not taken in: %(why)s") % {"why": order.told_fault}))
    actions = []
    if may(request.user, "orders.hold") and order.state not in (OrderState.COMPLETED, OrderState.CANCELLED):
        label = pgettext("mall order", "Release") if order.held else _("Hold")
        actions.append(Action(label, reverse("platform:hold_mall_order", args=[order_no])))
    if may(request.user, "orders.transfer") and order.state == OrderState.PAID:
        actions.append(Action(_("Transfer"), reverse("platform:transfer_mall_order", args=[order_no])))
    return page.order_page(request, side_of(request.user), order_no, facts=facts, actions=actions)


@needs("orders.note")
def note_mall_order(request: HttpRequest, order_no: str) -> HttpResponse:
    """Write a note."""
    return page.note_page(request, side_of(request.user), order_no)


@needs("parcels.track")
def lose_parcel(request: HttpRequest, order_no: str, parcel_no: str) -> HttpResponse:
    """Mark a parcel as lost."""
    return page.lose_page(request, side_of(request.user), order_no, parcel_no)


@needs("parcels.track")
def track_parcel(request: HttpRequest, order_no: str, parcel_no: str) -> HttpResponse:
    """Take down what a carrier says of a parcel, where it does not say so to our API (POST)."""
    order = _order_or_404(order_no)
    parcel = next((one for one in parcels_of(order.id) if one.parcel_no == parcel_no), None)
    if parcel is None:
        raise Http404(_("There is no such parcel."))
    text = request.POST.get("text", "").replace("\x00", "").strip()[:255]
    if request.method == "POST" and text:
        now, place = timezone.now(), request.POST.get("place", "").replace("\x00", "").strip()[:100]
        event = TrackingEvent(
            at=now, text=text, code=f"{now.timestamp():.3f} {request.user.get_username()}"[:64], place=place,
            delivered=bool(request.POST.get("delivered")),
        )  # fmt: skip
        parcel_tracked(carrier=parcel.carrier, tracking_no=parcel.tracking_no, events=[event])
        messages.success(request, _("It stands in the history of the parcel; the buyer sees it."))
    return HttpResponseRedirect(f"{reverse('platform:mall_order', args=[order_no])}?tab=parcels")


@needs("returns.decide")
def call_off_mall_order(request: HttpRequest, order_no: str) -> HttpResponse:
    """Call off what has not left."""
    return calling_off.call_off_page(request, side_of(request.user), order_no)


@needs("orders.view")
def print_mall_orders(request: HttpRequest) -> HttpResponse:
    """The delivery note of one order."""
    if not request.GET.get("order"):
        raise Http404(_("There is no such order."))
    return printing.print_page(request, side_of(request.user))


@needs("orders.hold")
def hold_mall_order(request: HttpRequest, order_no: str) -> HttpResponse:
    """Hold an order, or release it: in the mall and in the settlement centre at once."""
    order = _order_or_404(order_no)
    back = reverse("platform:mall_order", args=[order_no])

    def hold(typed: Typed) -> str:
        mall_order_held(
            order_no=order_no, reason=HoldReason(typed.one_of("reason", HoldReason.values)), at=timezone.now(),
            actor=request.user.get_username(), note=typed.text("note", required=False),
        )  # fmt: skip
        return back

    def release(typed: Typed) -> str:
        mall_order_released(
            order_no=order_no, at=timezone.now(), actor=request.user.get_username(),
            note=typed.text("note", required=False),
        )  # fmt: skip
        return back

    problem, gone = "", None
    if request.method == "POST":
        done = _("The order is released.") if order.held else _("The order is on hold.")
        problem, gone = acted(request, "orders.hold", {"hold": hold, "release": release}, done)
    if gone:
        return gone
    note = Field("note", _("Note; the merchant reads it"), required=False)
    if order.held:
        form = Form("release", pgettext("mall order", "Release"), pgettext("mall order", "Release"), [note],
                    _("It can be shipped again, and its lines are billed from now on."))  # fmt: skip
    else:
        reason = Field(
            "reason", _("Reason; the merchant sees it"), "select", list(ORDER_HOLD_REASONS.items())
        )
        form = Form(
            "hold", _("Hold"), _("Hold it"), [reason, note],
            _("Nothing of it is shipped, time does not move it on, and what is not billed yet waits."),
        )  # fmt: skip
    return form_page(
        request, _("Order %(number)s") % {"number": order_no}, forms=[form.typed(request.POST)], back=back,
        problem=problem,
    )  # fmt: skip


@needs("orders.transfer")
def transfer_mall_order(request: HttpRequest, order_no: str) -> HttpResponse:
    """Have an order shipped from elsewhere, before anything of it has left."""
    order = _order_or_404(order_no)
    back = reverse("platform:mall_order", args=[order_no])
    places = [
        (str(one.id), one.code)
        for one in Warehouse.objects.filter(owner_id=shipper_of(order), active=True).exclude(
            id=order.warehouse_id
        )
    ]
    if order.supplier_id:
        places.append(("0", _("The merchant ships it itself")))

    def transfer(typed: Typed) -> str:
        if not places:
            raise Incomplete(_("There is nowhere else to ship it from."))
        order_transferred(
            order_no=order_no, warehouse_id=int(typed.one_of("place", [code for code, _name in places])),
            at=timezone.now(), actor=request.user.get_username(), note=typed.text("note", required=False),
        )  # fmt: skip
        return back

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(
            request, "orders.transfer", {"transfer": transfer}, _("The order is transferred.")
        )
    if gone:
        return gone
    form = Form(
        "transfer", _("Transfer"), _("Transfer it"),
        [
            Field("place", _("Ship it from"), "select", places),
            Field("note", _("Note; the merchant reads it"), required=False),
        ],
        _("Its units are reserved there and let go of where they are now."),
    ).typed(request.POST)  # fmt: skip
    return form_page(
        request, _("Order %(number)s") % {"number": order_no}, forms=[form], back=back, problem=problem
    )
