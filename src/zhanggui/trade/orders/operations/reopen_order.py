"""An order whose parcel came back waits to be shipped again."""

from datetime import datetime

from zhanggui.trade.orders.errors import OrderNotInState
from zhanggui.trade.orders.models import Order, OrderState
from zhanggui.trade.orders.operations.advance_order import add_steps
from zhanggui.trade.orders.states import allowed


def reopen_order(*, order: Order, at: datetime, actor: str, note: str = "") -> Order:
    """This function will put a shipped order, locked by the caller, back to where it waits to be shipped; when it was
    paid stays as it was. The settlement centre is to hear of it. Raises OrderNotInState."""
    if order.state == OrderState.PAID or not allowed(order.state, OrderState.PAID):
        raise OrderNotInState(
            f"order {order.order_no} is {order.state}, and cannot be shipped again",
            order_no=order.order_no, state=order.state,
        )  # fmt: skip
    order.state, order.shipped_at, order.receive_by = OrderState.PAID, None, None
    order.version += 1
    order.save(update_fields=["state", "shipped_at", "receive_by", "version"])
    add_steps(orders=[order], kind=OrderState.PAID, at=at, actor=actor, note=note)
    return order
