"""An order that is paid but not shipped is called off: the money goes back, the goods stay."""

from datetime import datetime

from django.db import transaction

from zhanggui.trade.catalogue.operations.release_stock import release_stock
from zhanggui.trade.fulfilment.models import ParcelLine
from zhanggui.trade.fulfilment.states import COUNTS
from zhanggui.trade.orders.errors import OrderNotInState, OrderShipped
from zhanggui.trade.orders.locks import hold_order
from zhanggui.trade.orders.models import GiveBackKind, Order, OrderState
from zhanggui.trade.orders.operations.advance_order import advance_order
from zhanggui.trade.orders.operations.give_back import LineBack, give_back, left_of
from zhanggui.trade.orders.reserving import stock_moves
from zhanggui.trade.returns.operations.withdraw_cases import withdraw_cases


@transaction.atomic
def order_called_off(*, order_no: str, reason: str, at: datetime, actor: str) -> Order:
    """This function will cancel a paid order of which nothing left (or all came back undelivered), ask back what of
    its money is not given back yet, free its stock, and withdraw its open after-sale cases. Raises UnknownOrder,
    OrderNotInState, OrderShipped."""
    order = hold_order(order_no)
    if order.state != OrderState.PAID:
        raise OrderNotInState(
            f"order {order_no} is {order.state}; only a paid one that waits to be shipped can be called off",
            order_no=order_no, state=order.state,
        )  # fmt: skip
    if ParcelLine.objects.filter(line__order=order, parcel__state__in=COUNTS).exists():
        raise OrderShipped(f"a part of order {order_no} left already; ask for after-sale", order_no=order_no)
    advance_order(order=order, to=OrderState.CANCELLED, at=at, actor=actor, note=reason)
    release_stock(moves=stock_moves([order]), at=at, actor=actor)
    withdraw_cases(order=order, at=at, actor=actor, text=reason or "order called off")
    everything = [
        LineBack(line_id, left.quantity, left.goods_minor, left.freight_minor)
        for line_id, left in left_of(order).items()
    ]
    if any(back.goods_minor + back.freight_minor for back in everything):
        give_back(
            order=order, lines=everything, cause=f"called-off:{order.order_no}", kind=GiveBackKind.RETURN,
            reason=reason or "order called off", at=at,
        )  # fmt: skip
    return order
