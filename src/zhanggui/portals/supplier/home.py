"""The supplier's first page: what is to be shipped, and what is coming in for it."""

from typing import Any

from django.db.models import Count, F, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.bell import Bell, party_bell
from zhanggui.portals.desk.details import Figure
from zhanggui.portals.desk.orders.side import Side
from zhanggui.portals.desk.orders.words import HELD, STATES
from zhanggui.portals.supplier.standing import supplier_of, supplier_page, supplier_standings
from zhanggui.settlement.statements.models import Statement, StatementState
from zhanggui.trade.catalogue.queries.stock import low_stock
from zhanggui.trade.orders.models import Order, OrderLine, OrderState

OLDEST = 6


@supplier_page("own_orders.view")
def home(request: HttpRequest, side: Side) -> HttpResponse:
    """What waits, and what it is worth at supply prices."""
    with side.reading():
        own = Order.objects.filter(side.rows())
        counts = dict(own.values_list("state").annotate(count=Count("id")).order_by())
        held = own.filter(held=True, state=OrderState.PAID).count()
        worth = _worth(side)
        waiting = _waiting(side) if side.may("own_statements.view") else None
        low = len(low_stock(supplier_of(request).party.id)) if side.may("own_supplies.view") else 0
        oldest = _oldest(side)
    place = reverse("supplier:mall_orders")
    figures = [
        Figure(_("To ship"), f"{place}?tab=paid", count=counts.get("paid", 0) - held,
               tone="amber" if counts.get("paid", 0) > held else "",
               note=ngettext("%(count)d on hold", "%(count)d on hold", held) % {"count": held}),
        Figure(_("On their way"), f"{place}?tab=shipped", count=counts.get("shipped", 0)),
        *(
            Figure(_("To ship, at supply prices"), f"{place}?tab=paid&currency={currency}", amount=amount,
                   currency=currency)
            for currency, amount in worth
        ),
    ]  # fmt: skip
    if waiting is not None:
        figures.append(
            Figure(_("Statements to confirm"), "/merchant/statements/?tab=confirming", count=waiting)
        )
    if low:
        figures.append(
            Figure(_("Running low"), f"{reverse('merchant:stock')}?tab=low", count=low, tone="amber")
        )
    title = supplier_of(request).party.name_in(request.LANGUAGE_CODE)
    return render(request, "supplier/home.html", {"title": title, "figures": figures, "oldest": oldest})


def _worth(side: Side) -> list[tuple[str, int]]:
    """What waits to be shipped, at supply prices, by currency."""
    lines = OrderLine.objects.filter(order__supplier_id=side.party_id, order__state=OrderState.PAID)
    rows = lines.values_list("order__currency").annotate(amount=Sum(F("supply_minor") * F("quantity")))
    return sorted((currency, int(amount or 0)) for currency, amount in rows.order_by())


def _oldest(side: Side) -> list[tuple[Order, Badge, int, str]]:
    """What has waited longest to be shipped: the order, its badge, its worth at supply prices, its page."""
    rows = Order.objects.filter(side.rows(), state=OrderState.PAID).order_by("paid_at", "id")
    worth = Sum(F("lines__supply_minor") * F("lines__quantity"))
    return [
        (row, HELD if row.held else STATES["paid"], int(row.worth or 0), side.url("mall_order", row.order_no))
        for row in rows.annotate(worth=worth)[:OLDEST]
    ]


def _waiting(side: Side) -> int:
    return Statement.objects.filter(party_id=side.party_id, state=StatementState.CONFIRMING).count()


def supplier_bell(request: HttpRequest) -> Bell | None:
    """The supplier's bell in the header."""
    return party_bell(request, supplier_of(request)) if supplier_standings(request.user) else None


def supplier_name(request: HttpRequest) -> Any:
    """The supplier's name in the header."""
    if not supplier_standings(request.user):
        return ""
    return supplier_of(request).party.name_in(getattr(request, "LANGUAGE_CODE", "zh"))
