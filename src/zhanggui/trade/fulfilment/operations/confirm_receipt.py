"""The buyer has the goods."""

from datetime import datetime

from zhanggui.trade.fulfilment.errors import ReceiptNotPossible
from zhanggui.trade.orders.locks import hold_order
from zhanggui.trade.orders.models import Order, OrderState
from zhanggui.trade.orders.operations.advance_order import advance_order
from zhanggui.trade.orders.queries import order_of_buyer


def confirm_receipt(*, order_no: str, buyer_ids: list[int], at: datetime, actor: str) -> Order:
    """This function will mark an order of one of these buyers (one person) as received, in the caller's transaction;
    one that is received already is returned as it is. Raises UnknownOrder, for another's order too,
    ReceiptNotPossible."""
    order = hold_order(order_of_buyer(order_no, buyer_ids).order_no)
    if order.state in (OrderState.RECEIVED, OrderState.COMPLETED):
        return order
    if order.state != OrderState.SHIPPED:
        raise ReceiptNotPossible(
            f"order {order_no} is {order.state}, not on its way; confirm it when everything has arrived",
            order_no=order_no, state=order.state,
        )  # fmt: skip
    return advance_order(order=order, to=OrderState.RECEIVED, at=at, actor=actor)
