"""The page that waits for the money: a code to scan, a link, or a form; it asks until the purchase is paid."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt

from zhanggui.journeys.charge_answered import charge_asked
from zhanggui.journeys.payment_begun import payment_begun
from zhanggui.journeys.purchase_cancelled import purchase_cancelled
from zhanggui.money.errors import Refusal
from zhanggui.payments.models import AttemptState, PaymentAttempt
from zhanggui.payments.queries import payment_of
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.storefront.drawing import qr_picture
from zhanggui.portals.storefront.orders import own_purchase, told
from zhanggui.portals.storefront.showing import for_buyers, show
from zhanggui.portals.storefront.visiting import visit_of
from zhanggui.portals.storefront.ways import notify_address, payer_of, ways_of
from zhanggui.trade.orders.models import Purchase, PurchaseState

OPEN = (AttemptState.RECORDED, AttemptState.ASKED, AttemptState.UNCLEAR)


def begin(request: HttpRequest, purchase: Purchase, code: str) -> bool:
    """Ask the chosen channel for the money; a refusal becomes a message, and another way can be chosen."""
    visit = visit_of(request)
    way = next((one for one in ways_of(visit) if one.code == code), None)
    payment = payment_of(purchase.purchase_no)
    if way is None or payment is None:
        return False
    back_to = request.build_absolute_uri(reverse("storefront:came_back", args=[purchase.purchase_no]))
    try:
        payment_begun(
            payment=payment, channel_code=way.channel, method=way.method,
            notify_url=notify_address(request, way.channel), return_url=back_to, payer=payer_of(visit),
            payer_address=request.META.get("REMOTE_ADDR", "127.0.0.1"), clock=timezone.now,
        )  # fmt: skip
    except Refusal as refusal:
        messages.warning(request, refusal_text(refusal))
        return False
    return True


@for_buyers
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """Show how to pay, or that it is paid; a POST chooses another way, asks the channel, or cancels."""
    purchase = own_purchase(request, number)
    here = reverse("storefront:pay", args=[purchase.purchase_no])
    attempt = _attempt(purchase)
    if request.method == "POST":
        _act(request, purchase, attempt)
        return HttpResponseRedirect(here)
    if request.GET.get("back") and attempt is not None and purchase.state == PurchaseState.PLACED:
        _asked(request, attempt)
        return HttpResponseRedirect(here)
    invitation = attempt.invitation if attempt else {}
    context: dict[str, Any] = {
        "title": _("Pay"), "purchase": purchase, "bare": True, "mark": mark_of(purchase),
        "waiting": purchase.state == PurchaseState.PLACED and purchase.expires_at > timezone.now(),
        "orders": told(list(purchase.orders.prefetch_related("lines").select_related("purchase").order_by("id"))),
        "ways": ways_of(visit_of(request)), "attempt": attempt, "invitation": invitation,
    }  # fmt: skip
    if invitation.get("kind") == "qr":
        context["code"] = qr_picture(invitation["value"], _("Code to pay with your phone"))
    response = show(request, "pay.html", context)
    if context["waiting"] and invitation.get("kind") == "form":
        return _with_forms_to(invitation["value"], request, response)
    return response


@csrf_exempt
def came_back(request: HttpRequest, number: str) -> HttpResponse:
    """Where channels send the browser after paying, by a link or (UnionPay) by a form. What it brings proves nothing,
    and a form from elsewhere comes without the buyer's session: so it is sent on by a link of ours."""
    return HttpResponseRedirect(reverse("storefront:pay", args=[number]) + "?back=1")


@for_buyers
def pay_state(request: HttpRequest, number: str) -> HttpResponse:
    """Whether there is news: what the page asks while it waits."""
    return JsonResponse(
        {"mark": mark_of(own_purchase(request, number))}, headers={"Cache-Control": "no-store"}
    )


def mark_of(purchase: Purchase) -> str:
    """Changes when the purchase does."""
    over = purchase.state == PurchaseState.PLACED and purchase.expires_at <= timezone.now()
    return "over" if over else purchase.state


def _act(request: HttpRequest, purchase: Purchase, attempt: PaymentAttempt | None) -> None:
    act = request.POST.get("act", "")
    if act == "cancel":
        try:
            now = purchase_cancelled(
                purchase=purchase, clock=timezone.now, actor=f"buyer:{request.buyer.number}"
            )
        except Refusal as refusal:
            messages.warning(request, refusal_text(refusal))
        else:
            if now.state == PurchaseState.CANCELLED:
                messages.success(request, _("Cancelled. Nothing was paid; your coupons are free again."))
    elif act == "asked" and attempt is not None:
        _asked(request, attempt)
    elif request.POST.get("way"):
        begin(request, purchase, request.POST["way"])


def _asked(request: HttpRequest, attempt: PaymentAttempt) -> None:
    """Ask the channel now instead of waiting for its call."""
    try:
        charge_asked(attempt=attempt, clock=timezone.now)
    except Refusal as refusal:
        messages.warning(request, refusal_text(refusal))


def _attempt(purchase: Purchase) -> PaymentAttempt | None:
    """The latest try that can still be paid."""
    payment = payment_of(purchase.purchase_no)
    if payment is None:
        return None
    return (
        payment.attempts.select_related("channel", "payment").filter(state__in=OPEN).order_by("-id").first()
    )


def _with_forms_to(address: str, request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The page's one form leads to the channel: the policy names that origin, for this answer only."""
    parts = urlsplit(address)
    policy = {**settings.SECURE_CSP, "form-action": ["'self'", f"{parts.scheme}://{parts.netloc}"]}
    return csp_override(policy)(lambda _request: response)(request)
