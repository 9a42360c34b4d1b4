"""The buyer wants more time before an order is received by itself."""

from datetime import datetime, timedelta

from zhanggui.trade.fulfilment.errors import PutOffBefore, ReceiptNotPossible
from zhanggui.trade.orders.locks import hold_order
from zhanggui.trade.orders.models import Order, OrderState
from zhanggui.trade.orders.operations.advance_order import add_steps
from zhanggui.trade.orders.queries import order_of_buyer

KIND = "put_off"


def put_off_receipt(*, order_no: str, buyer_ids: list[int], days: int, at: datetime, actor: str) -> Order:
    """This function will put off by `days`, once, when an order on its way is received by itself, in the caller's
    transaction. Raises UnknownOrder, for another's order too, ReceiptNotPossible, PutOffBefore."""
    order = hold_order(order_of_buyer(order_no, buyer_ids).order_no)
    if order.state != OrderState.SHIPPED or order.receive_by is None:
        raise ReceiptNotPossible(
            f"order {order_no} is {order.state}, not on its way; there is nothing to put off",
            order_no=order_no, state=order.state,
        )  # fmt: skip
    if order.steps.filter(kind=KIND).exists():
        raise PutOffBefore(
            f"receipt of order {order_no} was put off before, and can be once; ask the shop if something is wrong",
            order_no=order_no,
        )
    order.receive_by += timedelta(days=days)
    order.save(update_fields=["receive_by"])
    add_steps(orders=[order], kind=KIND, at=at, actor=actor, note=f"{order.receive_by:%Y-%m-%dT%H:%M:%S%z}")
    return order
