"""Reads over purchases and orders."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Sum

from zhanggui.trade.orders.errors import UnknownOrder
from zhanggui.trade.orders.models import GiveBackLine, Order, OrderLine, Purchase, PurchaseState


def order_of_buyer(order_no: str, buyer_ids: list[int]) -> Order:
    """This function will return an order of one of these buyers (one person). Raises UnknownOrder, for another's
    too."""
    found = Order.objects.select_related("purchase").filter(order_no=order_no, buyer_id__in=buyer_ids).first()
    if found is None:
        raise UnknownOrder(f"you have no order {order_no!r}", order_no=order_no)
    return found


def order_by_number(order_no: str) -> Order:
    """This function will return the order with this number. Raises UnknownOrder."""
    found = Order.objects.select_related("purchase").filter(order_no=order_no).first()
    if found is None:
        raise UnknownOrder(f"there is no order {order_no!r}", order_no=order_no)
    return found


def lines_of(order_ids: list[int]) -> dict[int, list[OrderLine]]:
    """This function will return the lines of each of these orders, with their shares, in order."""
    found: dict[int, list[OrderLine]] = {order_id: [] for order_id in order_ids}
    rows = (
        OrderLine.objects.filter(order_id__in=order_ids).prefetch_related("shares").order_by("order_id", "id")
    )
    for line in rows:
        found[line.order_id].append(line)
    return found


def given_units(line_ids: Iterable[int]) -> dict[int, int]:
    """This function will return how many units of each of these lines the buyer was given the money back for."""
    ids = list(line_ids)
    found = (
        GiveBackLine.objects.filter(line_id__in=ids)
        .values("line_id")
        .annotate(units=Sum("quantity"))
        .order_by()
    )
    return dict.fromkeys(ids, 0) | {row["line_id"]: row["units"] for row in found}


def purchases_expired(at: datetime, *, most: int) -> list[str]:
    """This function will return the numbers of purchases whose time to pay is over, the oldest first."""
    return list(
        Purchase.objects.filter(state=PurchaseState.PLACED, expires_at__lte=at)
        .order_by("expires_at")
        .values_list("purchase_no", flat=True)[:most]
    )
