"""What of an order has not left is called off (缺货少发): which lines, and why."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.journeys.rest_called_off import rest_called_off
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.orders.seen import LineSeen, lines_of
from zhanggui.portals.desk.orders.side import Side
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.trade.fulfilment.rules import left_to_ship
from zhanggui.trade.orders.models import Order, OrderState
from zhanggui.trade.returns.queries import withdrawn_units


@dataclass(frozen=True)
class LineKept:
    """A line of which so many have not left; whether its box is ticked."""

    seen: LineSeen
    left: int
    chosen: bool


def call_off_page(request: HttpRequest, side: Side, order_no: str) -> HttpResponse:
    """Choose lines and say why; the money for what has not left of them goes back."""
    with side.reading():
        order = side.order(order_no)
        if not side.calls_off(order):
            raise Http404(_("There is no such order."))
        chosen = request.POST.getlist("line") if request.method == "POST" else None
        lines = _lines(order, chosen)
    back, problem = side.url("mall_order", order_no), ""
    if request.method == "POST":
        problem = _called_off(request, side, order_no, chosen or [])
        if not problem:
            return HttpResponseRedirect(back)
    waits = order.state == OrderState.PAID and bool(lines)
    context = {
        "title": _("Call off what has not left of %(number)s") % {"number": order_no}, "problem": problem,
        "lines": lines if waits else [], "reason": request.POST.get("reason", ""), "back": back,
        "breadcrumbs": [(_("Orders"), side.url("mall_orders")), (order_no, back), (_("Call off"), "")],
    }  # fmt: skip
    return render(request, "desk/orders/call_off.html", context, status=422 if problem else 200)


def _lines(order: Order, chosen: list[str] | None) -> list[LineKept]:
    withdrawn = withdrawn_units([order.order_no])
    found = []
    for seen in lines_of(order, shares=False):
        line = seen.line
        left = left_to_ship(ordered=line.quantity, sent=seen.sent, withdrawn=withdrawn.get(line.id, 0))
        if left:
            found.append(LineKept(seen, left, chosen is None or line.line_no in chosen))
    return found


def _called_off(request: HttpRequest, side: Side, order_no: str, chosen: list[str]) -> str:
    """The sentence of what is wrong, empty when done."""
    if not chosen:
        return _("Choose at least one line.")
    try:
        rest_called_off(
            order_no=order_no, line_nos=chosen, reason=request.POST.get("reason", "").replace("\x00", "")[:80],
            at=timezone.now(), actor=request.user.get_username(), merchant_id=side.party_id,
        )  # fmt: skip
    except Refusal as refusal:
        return refusal_text(refusal)
    forget(f"{side.portal}.mall_orders")
    messages.success(request, _("Called off. The money goes back to the buyer, the goods are free again."))
    return ""
