"""The buyer's addresses."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.storefront.member import back
from zhanggui.portals.storefront.showing import for_buyers, show
from zhanggui.trade.buyers.errors import UnknownAddress
from zhanggui.trade.buyers.operations.keep_address import keep_address, prefer_address, remove_address
from zhanggui.trade.buyers.queries import address_of, addresses_of
from zhanggui.trade.pricing.rules.regions import REGIONS

FIELDS = ("recipient", "phone", "region", "city", "street", "postcode")


@for_buyers
def addresses(request: HttpRequest) -> HttpResponse:
    """The list, and what is done with one of it."""
    if request.method == "POST":
        act = request.POST.get("act", "")
        try:
            number = int(request.POST.get("address", "0") or 0)
            with transaction.atomic():
                if act == "remove":
                    remove_address(buyer=request.buyer, address=number, at=timezone.now())
                elif act == "prefer":
                    prefer_address(buyer=request.buyer, address=number)
        except ValueError:
            raise Http404 from None
        except Refusal as refusal:
            messages.warning(request, refusal_text(refusal))
        return HttpResponseRedirect(request.path)
    context = {"title": _("Addresses"), "tab": "me", "addresses": addresses_of(request.buyer)}
    return show(request, "addresses.html", context)


@for_buyers
def address(request: HttpRequest, number: int = 0) -> HttpResponse:
    """A new address, or one to change; afterwards back to where it was wanted."""
    typed = dict.fromkeys(FIELDS, "")
    preferred = False
    if number:
        try:
            row = address_of(request.buyer, number)
        except UnknownAddress:
            raise Http404 from None
        typed, preferred = {name: getattr(row, name) for name in FIELDS}, row.preferred
    said = ""
    if request.method == "POST":
        typed = {name: request.POST.get(name, "").replace("\x00", "") for name in FIELDS}
        preferred = request.POST.get("preferred") == "1"
        try:
            with transaction.atomic():
                keep_address(buyer=request.buyer, where=typed, address=number, preferred=preferred)
        except Refusal as refusal:
            said = refusal_text(refusal)
        else:
            messages.success(request, _("The address is kept."))
            return back(request, "/me/addresses/")
    context = {
        "title": _("Change address") if number else _("New address"),
        "tab": "me",
        "typed": typed,
        "said": said,
        "preferred": preferred,
        "regions": REGIONS.items(),
        "back_to": request.POST.get("next") or request.GET.get("next", ""),
    }
    return show(request, "address.html", context, status=422 if said else 200)
