"""Shipping by hand: what goes into the parcel, who carries it, under which number."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhanggui.journeys.goods_shipped import goods_shipped
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.orders.page import carrier_names
from zhanggui.portals.desk.orders.seen import LineSeen, address_text, lines_of
from zhanggui.portals.desk.orders.side import Side
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.trade.fulfilment.queries import shipper_of
from zhanggui.trade.fulfilment.rules import Wanted, left_to_ship
from zhanggui.trade.orders.models import Order, OrderState
from zhanggui.trade.returns.queries import withdrawn_units

MOST_TOGETHER = 50


@dataclass(frozen=True)
class Box:
    """One line that can go into the parcel: its box in the form, how many are left, what was typed."""

    name: str
    seen: LineSeen
    left: int
    typed: str


def ship_page(request: HttpRequest, side: Side, order_no: str) -> HttpResponse:
    """Ship an order or a part of it, and other orders to the same person with it."""
    with side.reading():
        order = side.order(order_no)
        if not side.ships(order):
            raise Http404(_("There is no such order."))
        orders = [order, *_others(side, order)]
        boxes = [(one, _boxes(one, request, first=one.id == order.id)) for one in orders]
    problem = ""
    if request.method == "POST":
        problem = _ship(request, side, boxes)
        if not problem:
            return HttpResponseRedirect(f"{side.url('mall_order', order_no)}?tab=parcels")
    context = {
        "title": _("Ship %(number)s") % {"number": order_no}, "problem": problem, "boxes": boxes, "side": side,
        "carriers": list(carrier_names().items()), "address": address_text(order.purchase.address),
        "typed": request.POST, "back": side.url("mall_order", order_no),
        "breadcrumbs": [(_("Orders"), side.url("mall_orders")), (order_no, side.url("mall_order", order_no)),
                        (_("Ship"), "")],
    }  # fmt: skip
    return render(request, "desk/orders/ship.html", context, status=422 if problem else 200)


def _others(side: Side, order: Order) -> list[Order]:
    """Other orders that can go in the same parcel: same buyer, same address, same shipper."""
    waiting = (
        Order.objects.filter(
            side.rows(), buyer_id=order.buyer_id, state=OrderState.PAID, held=False, kind=order.kind
        )
        .exclude(id=order.id)
        .select_related("purchase")
        .order_by("paid_at", "id")[:MOST_TOGETHER]
    )
    return [
        one for one in waiting
        if one.purchase.address == order.purchase.address and shipper_of(one) == shipper_of(order)
    ]  # fmt: skip


def _boxes(order: Order, request: HttpRequest, *, first: bool) -> list[Box]:
    withdrawn = withdrawn_units([order.order_no])
    boxes = []
    for seen in lines_of(order, shares=False):
        left = left_to_ship(
            ordered=seen.line.quantity, sent=seen.sent, withdrawn=withdrawn.get(seen.line.id, 0)
        )
        name = f"units-{order.order_no}-{seen.line.line_no}"
        typed = request.POST.get(name, "") if request.method == "POST" else str(left if first else 0)
        if left:
            boxes.append(Box(name, seen, left, typed))
    return boxes


def _ship(request: HttpRequest, side: Side, boxes: list[tuple[Order, list[Box]]]) -> str:
    """Send the parcel; the sentence of what is wrong, empty when done."""
    wanted = []
    for order, lines in boxes:
        for box in lines:
            typed = box.typed.strip() or "0"
            if not (typed.isascii() and typed.isdigit() and len(typed) < 9):
                return _("Type quantities as whole numbers.")
            if int(typed):
                wanted.append(Wanted(order.order_no, box.seen.line.line_no, int(typed)))
    assert side.party_id is not None
    try:
        shipped = goods_shipped(
            shipper_id=side.party_id, wanted=wanted, carrier=request.POST.get("carrier", ""),
            tracking_no=request.POST.get("tracking_no", "").replace("\x00", ""), at=timezone.now(),
            actor=request.user.get_username(),
        )  # fmt: skip
    except Refusal as refusal:
        return refusal_text(refusal)
    forget(f"{side.portal}.mall_orders")
    units = sum(one.quantity for one in wanted)
    messages.success(
        request,
        ngettext("Parcel %(number)s with %(units)d unit is on its way.",
                 "Parcel %(number)s with %(units)d units is on its way.", units)
        % {"number": shipped.parcel.parcel_no, "units": units},
    )  # fmt: skip
    return ""


def typed_file(request: HttpRequest) -> tuple[str, Any]:
    """What is wrong with the box for the file, or the file."""
    uploaded = request.FILES.get("file")
    return (_("Choose a file."), None) if uploaded is None else ("", uploaded)
