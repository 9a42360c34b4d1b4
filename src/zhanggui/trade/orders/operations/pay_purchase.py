"""A purchase is paid: so are its orders."""

from datetime import datetime

from zhanggui.trade.orders.errors import OrderNotInState
from zhanggui.trade.orders.models import Order, OrderState, Purchase, PurchaseState
from zhanggui.trade.orders.operations.advance_order import advance_orders
from zhanggui.trade.orders.states import PURCHASE


def pay_purchase(*, purchase: Purchase, orders: list[Order], paid_at: datetime, actor: str) -> None:
    """This function will mark a purchase and its orders, all locked by the caller, paid. Raises OrderNotInState."""
    if PurchaseState.PAID not in PURCHASE[purchase.state]:
        raise OrderNotInState(
            f"purchase {purchase.purchase_no} is {purchase.state} and cannot be paid", state=purchase.state
        )
    advance_orders(orders=orders, to=OrderState.PAID, at=paid_at, actor=actor)
    purchase.state, purchase.paid_at = PurchaseState.PAID, paid_at
    purchase.save(update_fields=["state", "paid_at"])
