"""A purchase that was not paid is over."""

from datetime import datetime

from django.db.models import F

from zhanggui.trade.orders.errors import OrderNotInState
from zhanggui.trade.orders.models import Order, OrderState, Purchase, PurchaseState
from zhanggui.trade.orders.operations.advance_order import advance_orders
from zhanggui.trade.orders.states import PURCHASE


def cancel_purchase(
    *, purchase: Purchase, orders: list[Order], at: datetime, actor: str, note: str = ""
) -> None:
    """This function will cancel a purchase and its orders, all locked by the caller. Nothing of it is told to the
    settlement centre: there is no money. Raises OrderNotInState."""
    if PurchaseState.CANCELLED not in PURCHASE[purchase.state]:
        raise OrderNotInState(
            f"purchase {purchase.purchase_no} is {purchase.state} and cannot be cancelled",
            state=purchase.state,
        )
    advance_orders(orders=orders, to=OrderState.CANCELLED, at=at, actor=actor, note=note)
    Order.objects.filter(purchase=purchase).update(told_version=F("version"))
    purchase.state, purchase.cancelled_at = PurchaseState.CANCELLED, at
    purchase.save(update_fields=["state", "cancelled_at"])
