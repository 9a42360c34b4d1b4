"""The page of one order: what was bought, every discount and who pays for it, parcels, history and notes."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhanggui.journeys.goods_shipped import parcel_taken_back
from zhanggui.journeys.order_transferred import order_noted
from zhanggui.journeys.parcel_lost import parcel_lost
from zhanggui.money.errors import Refusal
from zhanggui.parties.models import Party, PartyKind
from zhanggui.portals.desk.amounts import format_money
from zhanggui.portals.desk.details import Action, Detail, Fact, PageTab, Proof, Step
from zhanggui.portals.desk.orders.seen import OrderSeen, address_text, party_names, see
from zhanggui.portals.desk.orders.side import Side
from zhanggui.portals.desk.orders.words import HELD, KINDS, PARCELS, STATES, STEPS, who
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.trade.orders.models import OrderState

STATIONS = (
    ("placed", "placed_at"), ("paid", "paid_at"), ("shipped", "shipped_at"), ("received", "received_at"),
    ("completed", "completed_at"),
)  # fmt: skip
TAB_NAMES = ("lines", "parcels", "history")


def order_page(
    request: HttpRequest,
    side: Side,
    order_no: str,
    *,
    facts: Sequence[Fact] = (),
    actions: Sequence[Action] = (),
) -> HttpResponse:
    """One order of this side; `facts` and `actions` are the portal's own."""
    seen = see(side, order_no)
    tab = request.GET.get("tab", "lines")
    tab = tab if tab in TAB_NAMES else "lines"
    context: dict[str, Any] = {
        "detail": detail_of(seen, side, tab, facts, actions), "seen": seen, "side": side, "tab": tab,
        "currency": seen.order.currency, "may_note": _may_note(side),
        "note_url": side.url("note_mall_order", order_no),
    }  # fmt: skip
    if tab == "parcels":
        context["parcels"] = _parcels(seen, side)
    elif tab == "history":
        context["steps"] = [
            (one, STEPS.get(one.kind, one.kind), who(one.actor)) for one in reversed(seen.steps)
        ]
    return render(request, "desk/orders/order.html", context)


def detail_of(
    seen: OrderSeen, side: Side, tab: str, facts: Sequence[Fact], actions: Sequence[Action]
) -> Detail:
    """Everything around the open tab."""
    order, here = seen.order, side.url("mall_order", seen.order.order_no)
    holds = seen.lines_come_to == order.due_minor
    proof = Proof(
        holds,
        _("The lines add up to it exactly") if holds
        else _("The lines add up to %(sum)s instead") % {"sum": format_money(seen.lines_come_to, order.currency)},
    )  # fmt: skip
    return Detail(
        number=order.order_no,
        kind=_("Order"),
        badge=HELD if order.held else STATES[order.state],
        actions=[*_actions(seen, side), *actions],
        amount=order.due_minor if side.prices else seen.supply,
        currency=order.currency,
        amount_label=_("Paid by the buyer") if side.prices else _("Supply price"),
        proof=proof if side.prices else None,
        facts=[*_facts(seen, side), *facts],
        steps=_road(seen),
        tabs=[
            PageTab(_("Order lines"), here, tab == "lines", len(seen.lines)),
            PageTab(_("Parcels"), f"{here}?tab=parcels", tab == "parcels", len(seen.parcels)),
            PageTab(_("History and notes"), f"{here}?tab=history", tab == "history", len(seen.steps)),
        ],
        breadcrumbs=[(_("Orders"), side.url("mall_orders"))],
        notice=_("The order is on hold: nothing of it is shipped until the platform releases it.")
        if order.held else "",
    )  # fmt: skip


def _actions(seen: OrderSeen, side: Side) -> list[Action]:
    order = seen.order
    actions = [
        Action(_("Delivery note"), f"{side.url('print_mall_orders')}?order={order.order_no}", icon="print"),
    ]
    if side.ships(order) and order.state == OrderState.PAID and not order.held:
        if order.kind == "physical":
            actions.append(Action(_("Ship"), side.url("ship_mall_order", order.order_no), "primary"))
        elif order.kind == "pickup" and side.portal == "merchant":
            actions.append(Action(_("Hand over"), side.url("hand_over"), "primary"))
    if side.calls_off(order) and order.state == OrderState.PAID and order.kind == "physical":
        actions.append(
            Action(_("Call off what has not left"), side.url("call_off_mall_order", order.order_no))
        )
    return actions


def _facts(seen: OrderSeen, side: Side) -> list[Fact]:
    order = seen.order
    facts = [Fact(_("Recipient"), address_text(seen.address))]
    if side.party_id != order.merchant_id:
        facts.append(Fact(_("Merchant"), seen.merchant))
    facts += [
        Fact(_("Shipped by"), seen.shipper),
        Fact(_("Warehouse"), order.warehouse.code if order.warehouse else "–"),
        Fact(pgettext("goods", "Delivery"), KINDS.get(order.kind, order.kind)),
        Fact(_("Purchase"), order.purchase.purchase_no, copy=True),
    ]
    if order.buyer_note:
        facts.append(Fact(_("Note of the buyer"), order.buyer_note))
    if order.state == OrderState.SHIPPED and order.receive_by:
        facts.append(
            Fact(_("Received by itself on"), f"{timezone.localtime(order.receive_by):%Y-%m-%d %H:%M}")
        )
    return facts


def _road(seen: OrderSeen) -> list[Step]:
    """The stations it passes, with when and by whom; a cancelled one ends there."""
    by = {one.kind: who(one.actor) for one in seen.steps}
    road = [
        Step(_label(kind), "done" if at else "todo", at, by.get(kind, "") if at else "")
        for kind, at in ((kind, seen.reached(field)) for kind, field in STATIONS)
    ]
    if seen.order.state == OrderState.CANCELLED:
        done = [step for step in road if step.state == "done"]
        return [
            *done,
            Step(STATES["cancelled"].label, "failed", seen.order.cancelled_at, by.get("cancelled", "")),
        ]
    return road


def _label(kind: str) -> Any:
    return pgettext("order step", "Paid") if kind == "paid" else STEPS[kind]


def _parcels(seen: OrderSeen, side: Side) -> list[dict[str, Any]]:
    carriers = carrier_names()
    own = {one.line.id: one.title for one in seen.lines}
    takes = side.ships(seen.order)
    return [
        {
            "parcel": parcel, "badge": PARCELS[parcel.state], "carrier": carriers.get(parcel.carrier, parcel.carrier),
            "inside": [
                (own.get(line.line_id, _("of another order")), line.quantity, line.line.order.order_no)
                for line in parcel.lines.all()
            ],
            "events": sorted(parcel.events.all(), key=lambda event: event.at, reverse=True),
            "take_back": side.url("take_back_parcel", seen.order.order_no, parcel.parcel_no)
            if takes and parcel.state in ("sent", "lost") and seen.order.state in ("paid", "shipped") else "",
            "lose": side.url("lose_parcel", seen.order.order_no, parcel.parcel_no)
            if parcel.state == "sent" and side.tracks(seen.order) else "",
            "say": side.url("track_parcel", seen.order.order_no, parcel.parcel_no)
            if side.party_id is None and side.tracks(seen.order) and parcel.state in ("sent", "lost") else "",
        }
        for parcel in seen.parcels
    ]  # fmt: skip


def carrier_names() -> dict[str, str]:
    """The mall's carriers by code, in the language of the page."""
    rows = list(Party.objects.filter(kind=PartyKind.CARRIER, active=True).order_by("code"))
    names = party_names([party.id for party in rows])
    return {party.code: names[party.id] for party in rows}


def lose_page(request: HttpRequest, side: Side, order_no: str, parcel_no: str) -> HttpResponse:
    """Mark a parcel as lost (POST)."""
    with side.reading():
        order = side.order(order_no)
    if request.method == "POST":
        try:
            parcel_lost(
                shipper_id=side.party_id, parcel_no=parcel_no, at=timezone.now(), actor=request.user.get_username()
            )  # fmt: skip
            messages.success(
                request, _("The parcel is marked as lost. The buyer sees it and may ask the money back.")
            )
        except Refusal as refusal:
            messages.error(request, refusal_text(refusal))
    return HttpResponseRedirect(f"{side.url('mall_order', order.order_no)}?tab=parcels")


def _may_note(side: Side) -> bool:
    return side.may("orders.note" if side.party_id is None else "own_orders.note")


def note_page(request: HttpRequest, side: Side, order_no: str) -> HttpResponse:
    """Write a note on an order (POST)."""
    with side.reading():
        order = side.order(order_no)
    place = f"{side.url('mall_order', order.order_no)}?tab=history"
    if request.method == "POST":
        try:
            order_noted(
                order_no=order.order_no, note=request.POST.get("note", ""), at=timezone.now(),
                actor=request.user.get_username(),
            )  # fmt: skip
        except Refusal as refusal:
            messages.error(request, refusal_text(refusal))
    return HttpResponseRedirect(place)


def take_back_page(request: HttpRequest, side: Side, order_no: str, parcel_no: str) -> HttpResponse:
    """Take a parcel back (POST)."""
    with side.reading():
        order = side.order(order_no)
    if request.method == "POST" and side.party_id is not None:
        try:
            parcel_taken_back(
                shipper_id=side.party_id, parcel_no=parcel_no, at=timezone.now(), actor=request.user.get_username()
            )  # fmt: skip
            messages.success(request, _("The parcel is taken back. What was in it waits to be shipped."))
        except Refusal as refusal:
            messages.error(request, refusal_text(refusal))
    return HttpResponseRedirect(f"{side.url('mall_order', order.order_no)}?tab=parcels")
