"""Hand an order over at the shop to whoever brings its code."""

from datetime import datetime

from zhanggui.trade.fulfilment.errors import OrderNotToShip, OrderOnHold, WrongPickupCode
from zhanggui.trade.fulfilment.models import PickupCode
from zhanggui.trade.fulfilment.operations.make_pickup_code import code_digest
from zhanggui.trade.fulfilment.operations.send_stock import Leaving, send_stock
from zhanggui.trade.orders.locks import hold_orders
from zhanggui.trade.orders.models import Order, OrderState
from zhanggui.trade.orders.operations.advance_order import advance_order


def hand_over_pickup(*, merchant_id: int, code: str, at: datetime, actor: str) -> Order:
    """This function will hand over the shop's order that waits under `code`, in the caller's transaction: its stock
    leaves, it is shipped and received at once, and the code is used up. Raises WrongPickupCode, OrderOnHold,
    OrderNotToShip."""
    digits = "".join(code.split())
    row = (
        PickupCode.objects.filter(merchant_id=merchant_id, digest=code_digest(merchant_id, digits))
        .select_related("order")
        .first()
    )
    if row is None:
        raise WrongPickupCode("no order waits here under this code; ask the buyer to show it again")
    (order,) = hold_orders([row.order.order_no])
    row.refresh_from_db()
    if row.used_at is not None:
        raise WrongPickupCode(
            f"this code was used at {row.used_at:%Y-%m-%d %H:%M}: order {order.order_no} was handed over then",
            order_no=order.order_no,
        )
    if order.held:
        raise OrderOnHold(
            f"order {order.order_no} is on hold; hand it over when the platform has released it",
            order_no=order.order_no,
        )
    if order.state != OrderState.PAID:
        raise OrderNotToShip(
            f"order {order.order_no} is {order.state}, not waiting to be fetched; hand nothing over",
            order_no=order.order_no, state=order.state,
        )  # fmt: skip
    lines = order.lines.select_related("sku").order_by("id")
    send_stock(
        leaving=[Leaving(order, line, line.quantity) for line in lines], reference=order.order_no, at=at, actor=actor
    )  # fmt: skip
    row.used_at, row.used_by = at, actor
    row.save(update_fields=["used_at", "used_by"])
    advance_order(order=order, to=OrderState.SHIPPED, at=at, actor=actor)
    return advance_order(order=order, to=OrderState.RECEIVED, at=at, actor=actor)
