"""Move an order on."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from zhanggui.outbox.operations.write_notices import write_notices
from zhanggui.trade.orders.errors import OrderNotInState
from zhanggui.trade.orders.models import Order, OrderState, OrderStep
from zhanggui.trade.orders.states import REACHED_AT, allowed
from zhanggui.trade.orders.telling import told_of_step


def advance_order(*, order: Order, to: OrderState, at: datetime, actor: str, note: str = "") -> Order:
    """This function will move an order, locked by the caller, to its next station with a row of history; the
    settlement centre is to hear of it. Raises OrderNotInState."""
    advance_orders(orders=[order], to=to, at=at, actor=actor, note=note)
    return order


def advance_orders(
    *, orders: Sequence[Order], to: OrderState, at: datetime, actor: str, note: str = ""
) -> None:
    """This function will move orders, locked by the caller, to one station, in two statements. Raises
    OrderNotInState, before any moved."""
    for order in orders:
        if not allowed(order.state, to):
            raise OrderNotInState(
                f"order {order.order_no} is {order.state}, and cannot become {to.value}",
                order_no=order.order_no, state=order.state,
            )  # fmt: skip
    field, before = REACHED_AT[to], {order.id: order.state for order in orders}
    Order.objects.filter(id__in=[order.id for order in orders]).update(
        state=to, version=F("version") + 1, **{field: at}
    )
    for order in orders:
        order.state, order.version = to, order.version + 1
        setattr(order, field, at)
    add_steps(orders=orders, kind=to.value, at=at, actor=actor, note=note)
    write_notices(told=[one for order in orders for one in told_of_step(order, before[order.id], to)], at=at)


def add_steps(*, orders: Sequence[Order], kind: str, at: datetime, actor: str, note: str = "") -> None:
    """This function will write one row of history for each of these orders."""
    OrderStep.objects.bulk_create(
        OrderStep(
            order=order, merchant_id=order.merchant_id, kind=kind, at=at, actor=actor[:150], note=note[:255]
        )
        for order in orders
    )
