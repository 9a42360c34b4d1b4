"""Release an order that was held."""

from datetime import datetime

from zhanggui.trade.orders.models import Order
from zhanggui.trade.orders.operations.advance_order import add_steps

KIND = "released"


def free_order(*, order: Order, at: datetime, actor: str, note: str = "") -> Order:
    """This function will release an order, locked by the caller; one that is not held stays as it is."""
    if not order.held:
        return order
    order.held = False
    order.save(update_fields=["held"])
    add_steps(orders=[order], kind=KIND, at=at, actor=actor, note=note)
    return order
