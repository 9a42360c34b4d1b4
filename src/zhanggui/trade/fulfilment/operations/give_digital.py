"""Give the buyer the codes of a paid order of digital goods."""

from datetime import datetime

from zhanggui.trade.catalogue.models.goods import GoodsKind
from zhanggui.trade.fulfilment.errors import OrderNotToShip, OrderOnHold, TooFewDigitalItems
from zhanggui.trade.fulfilment.models import DigitalItem
from zhanggui.trade.fulfilment.operations.send_stock import Leaving, send_stock
from zhanggui.trade.orders.locks import hold_orders
from zhanggui.trade.orders.models import Order, OrderState
from zhanggui.trade.orders.operations.advance_order import advance_order


def give_digital(*, order_no: str, at: datetime, actor: str) -> Order:
    """This function will give an order as many codes as it has units, each code once and never to two orders, in the
    caller's transaction; then it is shipped and received at once. One that has them is returned as it is. Nothing is
    given where there are too few for the whole order. Raises OrderOnHold, OrderNotToShip, TooFewDigitalItems."""
    (order,) = hold_orders([order_no])
    if order.kind == GoodsKind.DIGITAL and order.state in (OrderState.RECEIVED, OrderState.COMPLETED):
        return order
    if order.kind != GoodsKind.DIGITAL or order.state != OrderState.PAID:
        raise OrderNotToShip(
            f"order {order_no} is {order.kind} and {order.state}, not digital and paid; there is nothing to give",
            order_no=order_no, state=order.state,
        )  # fmt: skip
    if order.held:
        raise OrderOnHold(
            f"order {order_no} is on hold; its codes are given when the platform has released it", order_no=order_no
        )  # fmt: skip
    lines = list(order.lines.select_related("sku").order_by("id"))
    for line in lines:
        # Whoever is about to give a code keeps it from the others, who take the next ones.
        free = list(
            DigitalItem.objects.select_for_update(skip_locked=True)
            .filter(sku_id=line.sku.source_id or line.sku_id, line=None)
            .order_by("id")
            .values_list("id", flat=True)[: line.quantity]
        )
        if len(free) < line.quantity:
            raise TooFewDigitalItems(
                f"{line.sku_code} has {len(free)} free codes, order {order_no} needs {line.quantity}; add some, they"
                " are given by themselves then",
                order_no=order_no, sku=line.sku_code, left=len(free),
            )  # fmt: skip
        DigitalItem.objects.filter(id__in=free).update(line=line, given_at=at)
    send_stock(
        leaving=[Leaving(order, line, line.quantity) for line in lines], reference=order_no, at=at, actor=actor
    )  # fmt: skip
    advance_order(order=order, to=OrderState.SHIPPED, at=at, actor=actor)
    return advance_order(order=order, to=OrderState.RECEIVED, at=at, actor=actor)
