"""The checkout: look at everything once more, say where it goes and how it is paid, and order, once."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.journeys.purchase_placed import purchase_placed
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.storefront.bill import Bill, bill_of, why_not
from zhanggui.portals.storefront.cart import owner_of
from zhanggui.portals.storefront.paying import begin
from zhanggui.portals.storefront.showing import for_buyers, show
from zhanggui.portals.storefront.visiting import Visit, visit_of
from zhanggui.portals.storefront.ways import ways_of
from zhanggui.trade.buyers.models import Address
from zhanggui.trade.buyers.queries import addresses_of
from zhanggui.trade.carts.queries import wanted_of
from zhanggui.trade.catalogue.models import Sku
from zhanggui.trade.orders.errors import PriceChanged
from zhanggui.trade.orders.models import Purchase
from zhanggui.trade.promotions.models import HeldCoupon, HeldState
from zhanggui.trade.promotions.queries.quotes import quote
from zhanggui.trade.promotions.shapes import Quote, Wanted

MOST_LINES = 200
MOST_QUANTITY = 999


@dataclass
class CouponChoice:
    """The coupons that one shop, or the mall (0), would take, and the one taken."""

    merchant_id: int
    held: Sequence[HeldCoupon]
    chosen: int


@dataclass
class Asked:
    """What the form says. `held` None: whatever takes most off."""

    wanted: list[Wanted]
    direct: bool
    address: Address | None
    held: list[int] | None


@for_buyers
def checkout(request: HttpRequest) -> HttpResponse:
    """Show the whole; on `place`, order it and go to pay."""
    visit = visit_of(request)
    known = _placed_before(request)
    if known:
        return HttpResponseRedirect(reverse("storefront:pay", args=[known]))
    places = addresses_of(request.buyer)
    asked = _asked(request, visit, places)
    if not asked.wanted:
        messages.info(request, _("Tick what you want to buy."))
        return HttpResponseRedirect(reverse("storefront:cart"))
    said = ""
    try:
        priced = _priced(asked, visit)
    except Refusal as refusal:
        said, asked.held = refusal_text(refusal), None
        priced = _priced(asked, visit)
    if request.method == "POST" and request.POST.get("act") == "place" and not said:
        try:
            return _placed(request, visit, asked)
        except Refusal as refusal:
            said = refusal_text(refusal)
            if isinstance(refusal, PriceChanged):
                said = _(
                    "Something changed since you looked: this is the new total. Nothing was ordered yet."
                )
            priced = _priced(asked, visit)
    bill = bill_of(priced)
    context = {
        "title": _("Check out"), "bill": bill, "places": places, "place": asked.address, "said": said,
        "coupons": _coupons(visit, bill, priced), "ways": ways_of(visit), "way": request.POST.get("way", ""),
        "notes": _notes(request), "direct": asked.wanted[0] if asked.direct else None,
        "request_key": secrets.token_urlsafe(24), "refused": _refused(priced),
        "needs_place": any(order.kind == "physical" for order in priced.orders), "bare": True,
        "back_to": _here(asked),
    }  # fmt: skip
    return show(request, "checkout.html", context, status=409 if said else 200)


def _placed_before(request: HttpRequest) -> str:
    """The purchase that this very form became when it was sent before: the cart is empty by now."""
    key = request.POST.get("request_key", "")[:64]
    if request.POST.get("act") != "place" or not key:
        return ""
    rows = Purchase.objects.filter(buyer_id=request.buyer.id, request_key=key)
    return rows.values_list("purchase_no", flat=True).first() or ""


def _asked(request: HttpRequest, visit: Visit, places: Sequence[Address]) -> Asked:
    sent = request.POST if request.method == "POST" else request.GET
    sku, quantity = sent.get("sku", ""), sent.get("quantity", "1")
    direct = sku.isdecimal() and quantity.isdecimal() and 0 < int(quantity) <= MOST_QUANTITY and len(sku) < 19
    if direct:
        wanted = [Wanted(int(sku), int(quantity))]
    else:
        owner = owner_of(visit)
        wanted = wanted_of(owner)[:MOST_LINES] if owner else []
    chosen = sent.get("address", "")
    place = next((row for row in places if str(row.id) == chosen), places[0] if places else None)
    held = None
    if request.POST.get("coupons") == "chosen":
        held = [
            int(value)
            for name, value in request.POST.items()
            if name.startswith("coupon-") and value.isdecimal() and int(value)
        ]
    return Asked(wanted, direct, place, held)


def _priced(asked: Asked, visit: Visit) -> Quote:
    return quote(
        wanted=asked.wanted, buyer=visit.buyer, region=asked.address.region if asked.address else "",
        currency=visit.currency, held_coupons=asked.held, at=timezone.now(),
    )  # fmt: skip


def _placed(request: HttpRequest, visit: Visit, asked: Asked) -> HttpResponse:
    """Order, ask the chosen channel, and go to the page that waits for the money. A channel that says no leaves the
    order to be paid another way."""
    seen = request.POST.get("due", "")
    held = [int(one) for one in request.POST.get("held", "").split(",") if one.isdecimal()]
    purchase = purchase_placed(
        buyer=request.buyer, wanted=asked.wanted, address_id=asked.address.id if asked.address else None,
        currency=visit.currency, region=asked.address.region if asked.address else "", held_coupons=held,
        request_key=request.POST.get("request_key", "")[:64] or secrets.token_urlsafe(24),
        expected_due_minor=int(seen) if seen.isdecimal() else -1, surface=visit.surface,
        notes={int(code): note for code, note in _notes(request).items()}, at=timezone.now(),
    )  # fmt: skip
    begin(request, purchase, request.POST.get("way", ""))
    return HttpResponseRedirect(reverse("storefront:pay", args=[purchase.purchase_no]))


def _coupons(visit: Visit, bill: Bill, priced: Quote) -> list[CouponChoice]:
    """What the buyer holds for these shops and for the mall, with what is taken now."""
    now = timezone.now()
    merchants = [part.merchant_id for part in bill.shops]
    rows = HeldCoupon.objects.filter(
        buyer_id=visit.buyer_id, state=HeldState.FREE, coupon__merchant_id__in=[0, *merchants],
        coupon__currency=visit.currency, coupon__use_starts_at__lte=now, coupon__use_ends_before__gt=now,
    ).select_related("coupon").order_by("id")  # fmt: skip
    found = []
    for merchant in [*merchants, 0]:
        mine = [row for row in rows if row.coupon.merchant_id == merchant]
        if mine:
            taken = next((row.id for row in mine if row.id in priced.held_coupons), 0)
            found.append(CouponChoice(merchant, mine, taken))
    return found


def _notes(request: HttpRequest) -> dict[str, str]:
    """What the buyer says to each shop, by the shop's id."""
    return {
        name.removeprefix("note-"): text.replace("\x00", "").strip()[:200]
        for name, text in request.POST.items()
        if name.startswith("note-") and name.removeprefix("note-").isdecimal()
    }


def _refused(priced: Quote) -> list[dict[str, Any]]:
    """What cannot be bought, and why."""
    rows = Sku.objects.filter(id__in=priced.unavailable).select_related("spu")
    return [{"spu": row.spu, "why": why_not(*priced.unavailable[row.id])} for row in rows]


def _here(asked: Asked) -> str:
    """This checkout's address, to come back to with a new address."""
    if not asked.direct:
        return reverse("storefront:checkout")
    one = asked.wanted[0]
    return f"{reverse('storefront:checkout')}?sku={one.sku_id}&quantity={one.quantity}"
