"""Hold an order: nothing of it leaves, and time does not move it on."""

from datetime import datetime

from zhanggui.outbox.operations.write_notices import write_notices
from zhanggui.trade.orders.errors import OrderNotInState
from zhanggui.trade.orders.models import Order, OrderState
from zhanggui.trade.orders.operations.advance_order import add_steps
from zhanggui.trade.orders.telling import told_of

KIND = "held"
OVER = (OrderState.COMPLETED, OrderState.CANCELLED)


def hold_order(*, order: Order, at: datetime, actor: str, note: str = "") -> Order:
    """This function will hold an order, locked by the caller; one that is held already stays as it is. Raises
    OrderNotInState for one that is over."""
    if order.held:
        return order
    if order.state in OVER:
        raise OrderNotInState(
            f"order {order.order_no} is {order.state}; there is nothing left to hold",
            order_no=order.order_no, state=order.state,
        )  # fmt: skip
    order.held = True
    order.save(update_fields=["held"])
    add_steps(orders=[order], kind=KIND, at=at, actor=actor, note=note)
    write_notices(told=list(told_of(order, "order.held", cause=at.isoformat(), buyer=False)), at=at)
    return order
