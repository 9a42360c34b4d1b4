"""What a buyer does with an order: cancel, call off, receive, ask for more time, buy it again."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhanggui.journeys.goods_received import goods_received, receipt_put_off
from zhanggui.journeys.order_called_off import order_called_off
from zhanggui.journeys.purchase_cancelled import purchase_cancelled
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.storefront.orders import own_orders
from zhanggui.portals.storefront.showing import for_buyers
from zhanggui.portals.storefront.visiting import visit_of
from zhanggui.trade.buyers.queries import buyers_of
from zhanggui.trade.carts.operations.add_to_cart import add_to_cart
from zhanggui.trade.carts.shapes import CartOwner
from zhanggui.trade.orders.models import Order


@require_POST
@for_buyers
def order_act(request: HttpRequest, number: str) -> HttpResponse:
    """Do what the pressed button says, and come back to the order."""
    order = own_orders(request).select_related("purchase").filter(order_no=number).first()
    if order is None:
        raise Http404
    actor, now = f"buyer:{request.buyer.number}", timezone.now()
    try:
        match request.POST.get("act", ""):
            case "cancel":
                purchase_cancelled(purchase=order.purchase, clock=timezone.now, actor=actor)
            case "call_off":
                order_called_off(order_no=number, reason=_("Changed my mind"), at=now, actor=actor)
                messages.success(request, _("Cancelled. The money goes back the way it came."))
            case "receive":
                goods_received(order_no=number, buyer_ids=buyers_of(request.buyer), at=now, actor=actor)
                messages.success(request, _("Good. Tell others how it is."))
            case "put_off":
                receipt_put_off(order_no=number, buyer_ids=buyers_of(request.buyer), at=now, actor=actor)
            case "again":
                return _again(request, order)
    except Refusal as refusal:
        messages.warning(request, refusal_text(refusal))
    return HttpResponseRedirect(reverse("storefront:order", args=[number]))


def _again(request: HttpRequest, order: Order) -> HttpResponse:
    """Everything of the order that is still sold, into the cart."""
    visit, gone = visit_of(request), 0
    for line in order.lines.order_by("id"):
        try:
            with transaction.atomic():
                add_to_cart(
                    owner=CartOwner(buyer_id=request.buyer.id), sku_id=line.sku_id, quantity=line.quantity,
                    currency=visit.currency, member=bool(request.buyer.level_code), at=timezone.now(),
                )  # fmt: skip
        except Refusal:
            gone += 1
    if gone:
        messages.warning(request, _("Some of it is not sold any more."))
    return HttpResponseRedirect(reverse("storefront:cart"))
