"""The order in which rows of trade are locked: the buyer, the purchase, its orders by number, coupons, stock by id.

Whoever locks an order alone takes no purchase afterwards.
"""

from collections.abc import Iterable

from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.orders.errors import UnknownOrder
from zhanggui.trade.orders.models import Order, Purchase


def hold_buyer(buyer_id: int) -> Buyer:
    """This function will lock a buyer: one purchase of a person after the other."""
    return Buyer.objects.select_for_update().get(id=buyer_id)


def hold_purchase(purchase_no: str) -> Purchase:
    """This function will lock a purchase and return it as it is now. Raises UnknownOrder."""
    found = Purchase.objects.select_for_update().filter(purchase_no=purchase_no).first()
    if found is None:
        raise UnknownOrder(f"there is no purchase {purchase_no!r}", purchase_no=purchase_no)
    return found


def hold_orders_of(purchase: Purchase) -> list[Order]:
    """This function will lock the orders of a purchase, which is locked first."""
    return list(Order.objects.select_for_update().filter(purchase=purchase).order_by("order_no"))


def hold_orders(numbers: Iterable[str]) -> list[Order]:
    """This function will lock orders by number, in one order. Raises UnknownOrder."""
    wanted = sorted(set(numbers))
    found = list(
        Order.objects.select_for_update(of=("self",)).filter(order_no__in=wanted).order_by("order_no")
    )
    if missing := set(wanted) - {order.order_no for order in found}:
        raise UnknownOrder(f"there is no order {min(missing)!r}", order_no=min(missing))
    return found


def hold_order(order_no: str) -> Order:
    """This function will lock one order and return it as it is now. Raises UnknownOrder."""
    return hold_orders([order_no])[0]
