"""After-sale as the buyer sees it: ask, follow, send back, call the platform in, withdraw."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhanggui.journeys.return_asked import (
    goods_sent_back,
    return_appealed,
    return_asked,
    return_withdrawn,
    said_in_return,
)
from zhanggui.money.errors import Refusal
from zhanggui.parties.models import Party, PartyKind
from zhanggui.portals.desk.amounts import parse_amount
from zhanggui.portals.desk.pictures import picture_folder
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.storefront.bill import choice_of, specification_names
from zhanggui.portals.storefront.orders import kinds_for, own_orders
from zhanggui.portals.storefront.reviewing import given_pictures
from zhanggui.portals.storefront.showing import for_buyers, show
from zhanggui.trade.buyers.queries import buyers_of
from zhanggui.trade.catalogue.models import Shop
from zhanggui.trade.catalogue.operations.keep_picture import keep_picture
from zhanggui.trade.fulfilment.queries import held_units
from zhanggui.trade.orders.models import Order, OrderState
from zhanggui.trade.pricing.queries import carriers_with_tariff
from zhanggui.trade.returns.errors import CaseIncomplete, UnknownCase
from zhanggui.trade.returns.models import ReturnCase, ReturnFreight, ReturnKind, ReturnState
from zhanggui.trade.returns.operations.open_case import Asked
from zhanggui.trade.returns.queries import case_of_buyer
from zhanggui.trade.returns.rules import REASONS
from zhanggui.trade.returns.states import allowed

MOST_PICTURES = 6


@for_buyers
def cases(request: HttpRequest) -> HttpResponse:
    """All cases, the latest first."""
    rows = ReturnCase.objects.filter(buyer_id__in=buyers_of(request.buyer)).select_related("order")
    found = list(rows.prefetch_related("lines__line").order_by("-asked_at", "-id")[:100])
    shops = {
        row.merchant_id: row
        for row in Shop.objects.filter(merchant_id__in={case.merchant_id for case in found})
    }
    context = {
        "title": _("After-sale"), "tab": "me", "cases": [(case, shops.get(case.merchant_id)) for case in found],
    }  # fmt: skip
    return show(request, "cases.html", context)


@for_buyers
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """The form to ask for something, and asking."""
    order = own_orders(request).filter(order_no=number).first()
    if order is None:
        raise Http404
    said = ""
    if request.method == "POST":
        try:
            case = _opened(request, order)
        except Refusal as refusal:
            said = refusal_text(refusal)
        else:
            messages.success(request, _("The shop has been told. It answers here."))
            return HttpResponseRedirect(reverse("storefront:case", args=[case.case_no]))
    lines = list(order.lines.order_by("id"))
    kinds = specification_names(lines)
    # of an order that waits, the usual wish is the money for all that did not come
    most = (
        held_units([order]) if order.state == OrderState.PAID else {line.id: line.quantity for line in lines}
    )
    context = {
        "title": _("Return or refund"),
        "tab": "me",
        "order": order,
        "said": said,
        "typed": request.POST,
        "kinds": kinds_for(order),
        "reasons": REASONS,
        "most": MOST_PICTURES,
        "lines": [
            (
                line,
                choice_of(line.specs, kinds),
                request.POST.get(f"quantity-{line.id}", most[line.id] if len(lines) == 1 else 0),
                request.POST.get(f"amount-{line.id}", ""),
            )
            for line in lines
        ],
    }
    return show(request, "case_new.html", context, status=422 if said else 200)


@for_buyers
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One case: where it is, whose turn it is, everything that was said."""
    row = _own(request, number)
    lines = list(row.lines.select_related("line").order_by("id"))
    kinds = specification_names([one.line for one in lines])
    shop = Shop.objects.filter(merchant_id=row.merchant_id).first()
    context = {
        "title": _("After-sale %(number)s") % {"number": row.case_no}, "tab": "me", "case": row, "shop": shop,
        "lines": [(one, choice_of(one.line.specs, kinds)) for one in lines], "steps": list(row.steps.order_by("-id")),
        "can_withdraw": allowed(row.state, ReturnState.WITHDRAWN), "open": row.ended_at is None,
        "back_minor": row.goods_minor + row.freight_minor,
        "can_appeal": row.state == ReturnState.REFUSED, "can_send": row.state == ReturnState.AWAITING_GOODS,
        "carriers": carriers_with_tariff(currency=row.currency, at=timezone.now()),
        "carrier": Party.objects.filter(kind=PartyKind.CARRIER, code=row.carrier).first(),
        "paid_for": ReturnFreight.objects.filter(case=row).exists(),
    }  # fmt: skip
    return show(request, "case.html", context)


@require_POST
@for_buyers
def case_act(request: HttpRequest, number: str) -> HttpResponse:
    """Send back, call the platform in, add words, withdraw."""
    row = _own(request, number)
    text = request.POST.get("text", "").replace("\x00", "")[:500]
    common: dict[str, Any] = {
        "case_no": row.case_no,
        "at": timezone.now(),
        "actor": f"buyer:{request.buyer.number}",
    }
    try:
        match request.POST.get("act", ""):
            case "send":
                goods_sent_back(
                    carrier=request.POST.get("other_carrier", "").strip() or request.POST.get("carrier", ""),
                    tracking_no=request.POST.get("tracking_no", ""),
                    **common,
                )
            case "appeal":
                return_appealed(text=text, **common)
            case "withdraw":
                return_withdrawn(text=text, **common)
            case "say":
                said_in_return(text=text, pictures=_kept(request), **common)
    except Refusal as refusal:
        messages.warning(request, refusal_text(refusal))
    return HttpResponseRedirect(reverse("storefront:case", args=[row.case_no]))


def _own(request: HttpRequest, number: str) -> ReturnCase:
    try:
        return case_of_buyer(number, buyers_of(request.buyer))
    except UnknownCase:
        raise Http404 from None


def _opened(request: HttpRequest, order: Order) -> ReturnCase:
    sent = request.POST
    kind = sent.get("kind", "")
    asked = []
    for line in order.lines.all():
        quantity = sent.get(f"quantity-{line.id}", "0")
        if quantity.isdecimal() and int(quantity[:6]) > 0:
            asked.append(Asked(line.id, int(quantity[:6]), _amount(sent, kind, line.id, order.currency)))
    if kind not in ReturnKind.values:
        raise Http404
    return return_asked(
        order_no=order.order_no, kind=ReturnKind(kind), reason=sent.get("reason", ""),
        text=sent.get("text", "").replace("\x00", "")[:500], asked=asked, pictures=_kept(request), at=timezone.now(),
    )  # fmt: skip


def _amount(sent: QueryDict, kind: str, line_id: int, currency: str) -> int | None:
    """What is wanted for the goods of a line; None, for all that is due, where nothing was typed. Of exchanges and
    price protection no amount is asked."""
    text = sent.get(f"amount-{line_id}", "").strip()
    if not text or kind not in (ReturnKind.REFUND_ONLY, ReturnKind.RETURN_REFUND):
        return None
    minor = parse_amount(text, currency)
    if minor is None:
        raise CaseIncomplete(f"{text[:30]!r} is no amount of {currency}; write it as it is on the price")
    return minor


def _kept(request: HttpRequest) -> list[str]:
    """Digests of the form's pictures, kept."""
    drawn = given_pictures(request, MOST_PICTURES)
    with transaction.atomic():
        return [
            keep_picture(drawn=one, owner_id=0, folder=picture_folder(), at=timezone.now()).digest
            for one in drawn
        ]
