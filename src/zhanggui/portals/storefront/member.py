"""The member centre: orders at a glance, favourites, coupons claimed and to claim."""

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST

from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.amounts import format_rate
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.storefront.offers import claimable_coupons, savings_now
from zhanggui.portals.storefront.shelf import cards
from zhanggui.portals.storefront.showing import for_buyers, show
from zhanggui.portals.storefront.visiting import visit_of
from zhanggui.trade.buyers.queries import buyers_of
from zhanggui.trade.carts.errors import NotOnOffer
from zhanggui.trade.carts.models import Favourite
from zhanggui.trade.carts.operations.add_favourite import add_favourite
from zhanggui.trade.carts.operations.remove_favourite import remove_favourite
from zhanggui.trade.catalogue.queries.search import shown_goods
from zhanggui.trade.orders.models import Order, OrderState
from zhanggui.trade.parameters.queries import number
from zhanggui.trade.promotions.models import Coupon, HeldCoupon, HeldState
from zhanggui.trade.promotions.operations.claim_coupon import claim_coupon
from zhanggui.trade.questions.queries import unread_answers

MOST_FAVOURITES = 200
LEVELS = {
    "bronze": pgettext_lazy("member level", "Bronze"), "silver": pgettext_lazy("member level", "Silver"),
    "gold": pgettext_lazy("member level", "Gold"), "platinum": pgettext_lazy("member level", "Platinum"),
    "diamond": pgettext_lazy("member level", "Diamond"),
}  # fmt: skip
"""What buyers read for the usual codes of levels; a mall's own codes are shown as they are."""


def me(request: HttpRequest) -> HttpResponse:
    """The member centre; visitors see the same doors and where to log in."""
    buyer = visit_of(request).buyer
    counts: dict[str, int] = {}
    if buyer:
        counts = dict(Order.objects.filter(buyer_id=buyer.id).values_list("state").annotate(Count("id")))
    context = {
        "title": _("My mall"),
        "tab": "me",
        "waiting": {state: counts.get(state, 0) for state in OrderState.values},
        "coupon_count": HeldCoupon.objects.filter(
            buyer_id=buyer.id, state=HeldState.FREE, coupon__use_ends_before__gt=timezone.now()
        ).count()
        if buyer
        else 0,
        "answer_count": unread_answers(buyers_of(buyer)) if buyer else 0,
        "level": LEVELS.get(buyer.level_code.lower(), buyer.level_code) if buyer else "",
        "rebate_percent": _rebate_percent() if buyer and buyer.level_code else "",
        "favourite_count": Favourite.objects.filter(buyer_id=buyer.id).count() if buyer else 0,
    }
    return show(request, "me.html", context)


def _rebate_percent() -> str:
    """What members get back of what they buy, or nothing."""
    permille = number("member_rebate_permille")
    return format_rate(permille * 1000) if permille else ""


@for_buyers
def favourites(request: HttpRequest) -> HttpResponse:
    """What the buyer kept, the latest first; what is not on sale any more is left out."""
    visit = visit_of(request)
    kept = Favourite.objects.filter(buyer_id=visit.buyer_id).order_by("-added_at", "-id")[:MOST_FAVOURITES]
    ids = [row.spu_id for row in kept]
    goods = shown_goods(ids, currency=visit.currency)
    context = {
        "title": _("Favourites"), "tab": "me", "gone": len(ids) - len(goods),
        "cards": cards(goods, savings_now(visit.currency, timezone.now())),
    }  # fmt: skip
    return show(request, "favourites.html", context)


@require_POST
@for_buyers
def favourite(request: HttpRequest, number: str) -> HttpResponse:
    """Keep a good, or drop it when it is kept."""
    mine = visit_of(request).buyer_id
    try:
        with transaction.atomic():
            if remove_favourite(buyer_id=mine, spu_number=number):
                messages.success(request, _("Taken out of your favourites."))
            else:
                add_favourite(buyer_id=mine, spu_number=number, at=timezone.now())
                messages.success(request, _("Kept in your favourites."))
    except NotOnOffer:
        raise Http404 from None
    return back(request, reverse("storefront:product", args=[number]))


def coupons(request: HttpRequest) -> HttpResponse:
    """Coupons to claim, and those the buyer holds, by what became of them."""
    visit, now = visit_of(request), timezone.now()
    held = (
        list(
            HeldCoupon.objects.filter(buyer_id=visit.buyer_id)
            .select_related("coupon")
            .order_by("-claimed_at", "-id")[:200]
        )
        if visit.buyer
        else []
    )
    mine: dict[int, int] = {}
    for row in held:
        mine[row.coupon_id] = mine.get(row.coupon_id, 0) + 1
    free = [row for row in held if row.state == HeldState.FREE and row.coupon.use_ends_before > now]
    context = {
        "title": _("Coupon centre"), "tab": "me",
        "claimable": [row for row in claimable_coupons(visit.currency, now) if mine.get(row.id, 0) < row.per_buyer],
        "free": free, "spent": [row for row in held if row not in free],
    }  # fmt: skip
    return show(request, "coupons.html", context)


@require_POST
@for_buyers
def claim(request: HttpRequest, code: str) -> HttpResponse:
    """Take a coupon."""
    get_object_or_404(Coupon, code=code)
    try:
        with transaction.atomic():
            claim_coupon(code=code, buyer_id=request.buyer.id, at=timezone.now())
    except Refusal as refusal:
        messages.warning(request, refusal_text(refusal))
    else:
        messages.success(request, _("The coupon is yours. It counts by itself at the checkout."))
    return back(request, "/coupons/")


def back(request: HttpRequest, otherwise: str) -> HttpResponse:
    """To the page the form was on."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if target and safe else otherwise)
