"""The cart: goods of many shops, with what is taken off and what it comes to, line by line."""

from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.storefront.bill import (
    BilledLine,
    bill_of,
    choice_of,
    specification_names,
    why_not,
)
from zhanggui.portals.storefront.showing import show
from zhanggui.portals.storefront.visiting import Visit, become_visitor, new_visitor, visit_of
from zhanggui.trade.carts.operations.add_to_cart import add_to_cart
from zhanggui.trade.carts.operations.change_quantity import change_quantity
from zhanggui.trade.carts.operations.choose_items import choose_items
from zhanggui.trade.carts.operations.remove_items import remove_items
from zhanggui.trade.carts.queries import cart_of
from zhanggui.trade.carts.shapes import Cart, CartLine, CartOwner, CartShop

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Row:
    """A thing in the cart: what it is, its choice in words, what is taken off, why it cannot be bought."""

    line: CartLine
    choice: str
    billed: list[BilledLine]
    refused: str

    @property
    def seen_minor(self) -> int:
        """What one cost when it was put in."""
        return self.line.unit_minor - self.line.changed_minor


@dataclass(frozen=True)
class ShopPart:
    """What lies in the cart of one shop."""

    shop: CartShop
    rows: list[Row]

    @property
    def all_chosen(self) -> bool:
        """Whether everything of the shop goes along."""
        return all(row.line.chosen for row in self.rows)


def owner_of(visit: Visit) -> CartOwner | None:
    """Whose cart it is; None for a visitor who put nothing anywhere yet."""
    if visit.buyer:
        return CartOwner(buyer_id=visit.buyer.id)
    return CartOwner(visitor=visit.visitor) if visit.visitor else None


def cart(request: HttpRequest) -> HttpResponse:
    """The page; a POST changes what lies in it, and goes on to the checkout if that was pressed."""
    visit = visit_of(request)
    owner = owner_of(visit)
    if request.method == "POST":
        return _changed(request, owner)
    found = None
    if owner:
        found = cart_of(
            owner,
            buyer=visit.buyer,
            region=preferred_region(visit),
            currency=visit.currency,
            at=timezone.now(),
        )
    bill = bill_of(found.quote) if found and any(line.chosen for line in found.lines) else None
    lines = found.lines if found else ()
    context = {
        "title": _("Cart"), "tab": "cart", "bill": bill, "item_count": len(lines),
        "parts": _parts(found, [one for part in bill.shops for one in part.lines] if bill else []) if found else [],
        "chosen_count": sum(line.quantity for line in lines if line.chosen),
        "all_chosen": all(line.chosen for line in lines),
    }  # fmt: skip
    return show(request, "cart.html", context)


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Put a good in; or, with `go=buy`, straight to the checkout with it alone."""
    visit = visit_of(request)
    sku, quantity = request.POST.get("sku", ""), request.POST.get("quantity", "1")
    if not (sku.isdecimal() and quantity.isdecimal() and len(sku) < 19 and len(quantity) < 5):
        messages.warning(request, _("Give a quantity from 1 to 999."))
        return HttpResponseRedirect(reverse("storefront:cart"))
    if request.POST.get("go") == "buy":
        return HttpResponseRedirect(f"{reverse('storefront:checkout')}?sku={sku}&quantity={quantity}")
    owner = owner_of(visit) or CartOwner(visitor=new_visitor())
    response = HttpResponseRedirect(reverse("storefront:cart"))
    try:
        with transaction.atomic():
            add_to_cart(
                owner=owner, sku_id=int(sku), quantity=int(quantity), currency=visit.currency,
                member=bool(visit.buyer and visit.buyer.level_code), at=timezone.now(),
            )  # fmt: skip
    except Refusal as refusal:
        messages.warning(request, refusal_text(refusal))
    else:
        messages.success(request, _("It is in your cart."))
        if owner.visitor:
            become_visitor(request, response, owner.visitor)
    return response


def preferred_region(visit: Visit) -> str:
    """Where things would go: the buyer's usual address, else not known."""
    row = (
        visit.buyer.addresses.filter(removed_at=None).order_by("-preferred", "-id").first()
        if visit.buyer
        else None
    )
    return row.region if row else ""


def _changed(request: HttpRequest, owner: CartOwner | None) -> HttpResponse:
    """Take over what the form says: quantities, ticks, and the button pressed."""
    act = request.POST.get("act", "refresh")
    here = HttpResponseRedirect(reverse("storefront:cart"))
    if owner is None:
        return here
    skus = [
        int(one) for one in request.POST.getlist("item")[:MOST_AT_ONCE] if one.isdecimal() and len(one) < 19
    ]
    ticked = {int(one) for one in request.POST.getlist("chosen") if one.isdecimal() and len(one) < 19}
    try:
        with transaction.atomic():
            for sku in skus:
                asked = request.POST.get(f"quantity-{sku}", "")
                if asked.isdecimal() and len(asked) < 5:
                    change_quantity(owner=owner, sku_id=sku, quantity=int(asked))
            choose_items(owner=owner, sku_ids=[sku for sku in skus if sku in ticked], chosen=True)
            choose_items(owner=owner, sku_ids=[sku for sku in skus if sku not in ticked], chosen=False)
            _pressed(act, owner, request.POST.getlist(f"of-{act.partition('-')[2]}"))
    except Refusal as refusal:
        messages.warning(request, refusal_text(refusal))
        return here
    return HttpResponseRedirect(reverse("storefront:checkout")) if act == "checkout" else here


def _pressed(act: str, owner: CartOwner, of_shop: list[str]) -> None:
    """`drop-SKU`, or `all` and `none`, of everything or of one shop."""
    what, _dash, whose = act.partition("-")
    if what == "drop" and whose.isdecimal():
        remove_items(owner=owner, sku_ids=[int(whose)])
    elif what in ("all", "none"):
        skus = [int(one) for one in of_shop if one.isdecimal() and len(one) < 19] if whose else None
        choose_items(owner=owner, sku_ids=skus, chosen=what == "all")


def _parts(found: Cart, billed: list[BilledLine]) -> list[ShopPart]:
    kinds = specification_names(found.lines)
    by_sku: dict[int, list[BilledLine]] = {}
    for one in billed:
        by_sku.setdefault(one.line.sku_id, []).append(one)
    return [
        ShopPart(
            shop,
            [
                Row(
                    line, choice_of(line.specs, kinds), by_sku.get(line.sku_id, []),
                    why_not(line.refused, line.left) if line.refused else "",
                )
                for line in shop.lines
            ],
        )
        for shop in found.shops
    ]  # fmt: skip
