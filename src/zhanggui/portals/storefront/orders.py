"""The buyer's orders: a list with tabs, one order with its parcels and what can be done with it."""

import hashlib
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from zhanggui.parties.models import Party
from zhanggui.portals.storefront.bill import choice_of, promotion_names, specification_names
from zhanggui.portals.storefront.product import sent_from
from zhanggui.portals.storefront.showing import for_buyers, show
from zhanggui.portals.storefront.visiting import visit_of
from zhanggui.trade.buyers.queries import buyers_of
from zhanggui.trade.catalogue.models import Shop
from zhanggui.trade.catalogue.models.goods import GoodsKind
from zhanggui.trade.fulfilment.models import ParcelState, PickupCode
from zhanggui.trade.fulfilment.operations.add_digital_items import SEALED_AS as ITEM_SEALED_AS
from zhanggui.trade.fulfilment.operations.make_pickup_code import SEALED_AS as CODE_SEALED_AS
from zhanggui.trade.fulfilment.queries import given_items, parcels_of, sent_units
from zhanggui.trade.orders.models import LineShare, Order, OrderLine, OrderState, Purchase, PurchaseState
from zhanggui.trade.orders.queries import rebate_of
from zhanggui.trade.returns.models import ReturnCase, ReturnKind
from zhanggui.trade.reviews.models import Review
from zhanggui.vault.sealing import unseal

PAGE_SIZE = 10
TABS = {
    "pay": (OrderState.PLACED,), "ship": (OrderState.PAID,), "receive": (OrderState.SHIPPED,),
    "review": (OrderState.RECEIVED, OrderState.COMPLETED),
}  # fmt: skip


KINDS = {
    OrderState.PAID: (ReturnKind.REFUND_ONLY, ReturnKind.PRICE_PROTECTION),
    OrderState.SHIPPED: (ReturnKind.REFUND_ONLY, ReturnKind.RETURN_REFUND, ReturnKind.PRICE_PROTECTION),
    OrderState.RECEIVED: (
        ReturnKind.RETURN_REFUND, ReturnKind.REFUND_ONLY, ReturnKind.EXCHANGE, ReturnKind.PRICE_PROTECTION,
    ),
}  # fmt: skip
"""What a buyer is offered to ask for at each station; the act itself decides."""


def kinds_for(order: Order) -> tuple[ReturnKind, ...]:
    """What a buyer is offered to ask for now: before anything left there is nothing to be refunded alone."""
    offered = KINDS.get(OrderState(order.state), ())
    if order.state != OrderState.PAID or is_out(order):
        return offered
    return tuple(kind for kind in offered if kind != ReturnKind.REFUND_ONLY)


def is_out(order: Order) -> bool:
    """Whether something of it is in a parcel that did not come back."""
    return any(sent_units(order.lines.values_list("id", flat=True)).values())


def own_orders(request: HttpRequest) -> QuerySet[Order]:
    """Orders of the person who is logged in, of merged log-ins too."""
    buyer = visit_of(request).buyer
    return Order.objects.filter(buyer_id__in=buyers_of(buyer)) if buyer else Order.objects.none()


def own_purchase(request: HttpRequest, number: str) -> Purchase:
    """A purchase of the person who is logged in. Raises Http404 for anybody else's."""
    buyer = visit_of(request).buyer
    found = (
        Purchase.objects.filter(purchase_no=number, buyer_id__in=buyers_of(buyer)).first() if buyer else None
    )
    if found is None:
        raise Http404
    return found


@for_buyers
def orders(request: HttpRequest) -> HttpResponse:
    """The list; `?tab=` narrows it, `?q=` finds a number or a title."""
    tab = request.GET.get("tab", "")
    rows = own_orders(request)
    if tab in TABS:
        rows = rows.filter(state__in=TABS[tab])
    if tab == "review":
        said = Review.objects.filter(line=OuterRef("pk"))
        rows = rows.filter(
            Exists(
                OrderLine.objects.filter(order=OuterRef("pk")).annotate(said=Exists(said)).filter(said=False)
            )
        )
    sought = request.GET.get("q", "").strip().replace("\x00", "")[:80]
    if sought:
        rows = rows.filter(
            Q(order_no=sought)
            | Q(purchase__purchase_no=sought)
            | Exists(
                OrderLine.objects.filter(order=OuterRef("pk")).filter(
                    Q(title__zh__icontains=sought) | Q(title__en__icontains=sought)
                )
            )
        )
    page = int(request.GET["page"]) if request.GET.get("page", "").isdecimal() else 1
    page = min(max(page, 1), 1000)
    found = list(
        rows.select_related("purchase")
        .prefetch_related("lines")
        .order_by("-placed_at", "-id")[(page - 1) * PAGE_SIZE : page * PAGE_SIZE + 1]
    )
    tabs = [
        ("", _("All")), ("pay", _("Unpaid")), ("ship", _("To be sent")), ("receive", _("On the way")),
        ("review", _("To review")),
    ]  # fmt: skip
    context = {
        "title": _("My orders"), "tab": "me", "tabs": tabs, "chosen": tab if tab in TABS else "", "q": sought,
        "page": page, "more": len(found) > PAGE_SIZE, "orders": told(found[:PAGE_SIZE]),
    }  # fmt: skip
    return show(request, "orders.html", context)


def told(found: list[Order]) -> list[dict[str, Any]]:
    """Orders with their shops, lines in words, and what can be done next."""
    shops = {
        row.merchant_id: row
        for row in Shop.objects.filter(merchant_id__in={one.merchant_id for one in found})
    }
    lines = [line for order in found for line in order.lines.all()]
    kinds = specification_names(lines)
    reviewed = set(Review.objects.filter(line__in=lines).values_list("line_id", flat=True))
    return [
        {
            "order": order,
            "shop": shops.get(order.merchant_id),
            "lines": [(line, choice_of(line.specs, kinds)) for line in order.lines.all()],
            "count": sum(line.quantity for line in order.lines.all()),
            "to_pay": order.state == OrderState.PLACED and order.purchase.state == PurchaseState.PLACED,
            "to_review": order.state in TABS["review"]
            and any(line.id not in reviewed for line in order.lines.all()),
        }
        for order in found
    ]


@for_buyers
def order(request: HttpRequest, number: str) -> HttpResponse:
    """One order: where it is, the parcels, what it cost line by line."""
    row = (
        own_orders(request)
        .select_related("purchase")
        .prefetch_related("lines")
        .filter(order_no=number)
        .first()
    )
    if row is None:
        raise Http404
    shown = told([row])[0]
    shares = list(LineShare.objects.filter(line__order=row))
    names = promotion_names(share.source for share in shares)
    deductions: dict[str, int] = {}
    for share in shares:
        deductions[share.source] = deductions.get(share.source, 0) + share.amount_minor
    parcels = carried(row)
    context = {
        "title": _("Order %(number)s") % {"number": row.order_no},
        "tab": "me",
        **shown,
        **codes_of(row),
        "parcels": parcels,
        "source": sent_from(row.supplier_id),
        "lost": any(one["parcel"].state == ParcelState.LOST for one in parcels),
        "is_out": is_out(row),
        "can_ask": bool(kinds_for(row)),
        "steps": list(row.steps.order_by("id")),
        "mark": mark_of(row),
        "deductions": [(names.get(code, {}), code, amount) for code, amount in deductions.items()],
        "rebate": rebate_of(row) if row.rebate_ppm and row.state != OrderState.CANCELLED else 0,
        "cases": ReturnCase.objects.filter(order=row).order_by("-asked_at"),
        "reviews": {row.line_id: row for row in Review.objects.filter(line__order=row)},
    }
    return show(request, "order.html", context)


def carried(row: Order) -> list[dict[str, Any]]:
    """The parcels that carry something of an order, with their carriers' names and what those said, the latest word
    first."""
    found = parcels_of(row.id)
    names = dict(Party.objects.filter(code__in={one.carrier for one in found}).values_list("code", "name"))
    return [
        {
            "parcel": one,
            "carrier": names.get(one.carrier) or {"en": one.carrier},
            "said": sorted(one.events.all(), key=lambda event: (event.at, event.id), reverse=True),
        }
        for one in found
    ]


def codes_of(row: Order) -> dict[str, Any]:
    """What only the buyer sees: the codes of digital goods, and the code with which a paid order is fetched."""
    found: dict[str, Any] = {"codes": [], "pickup_code": ""}
    if row.kind == GoodsKind.DIGITAL:
        found["codes"] = [unseal(bytes(one.sealed), purpose=ITEM_SEALED_AS) for one in given_items(row.id)]
    elif row.kind == GoodsKind.PICKUP and row.state == OrderState.PAID:
        code = PickupCode.objects.filter(order=row, used_at=None).first()
        found["pickup_code"] = unseal(bytes(code.sealed), purpose=CODE_SEALED_AS) if code else ""
    return found


def mark_of(row: Order) -> str:
    """Changes whenever something happened to the order or its parcels."""
    told_of = [
        row.state, str(row.version), str(row.steps.count()),
        *(f"{one['parcel'].parcel_no}{one['parcel'].state}{len(one['said'])}" for one in carried(row)),
        *(f"{case.case_no}{case.state}" for case in ReturnCase.objects.filter(order=row).order_by("id")),
    ]  # fmt: skip
    return hashlib.sha256("|".join(told_of).encode()).hexdigest()[:16]


@for_buyers
def order_state(request: HttpRequest, number: str) -> HttpResponse:
    """Whether there is news of an order: what a waiting page asks."""
    row = own_orders(request).filter(order_no=number).first()
    if row is None:
        raise Http404
    return JsonResponse({"mark": mark_of(row)}, headers={"Cache-Control": "no-store"})
