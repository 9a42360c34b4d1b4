"""An order that is paid but not shipped is called off: the money goes back, the goods stay. What becomes of an order
of which the last unit is given back."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from zhanggui.settlement.intake.queries import refuse_finished_order
from zhanggui.trade.catalogue.models.goods import GoodsKind
from zhanggui.trade.fulfilment.operations.send_stock import Leaving, free_stock
from zhanggui.trade.fulfilment.queries import held_units, sent_units
from zhanggui.trade.fulfilment.rules import received_by
from zhanggui.trade.orders.errors import OrderNotInState, OrderShipped
from zhanggui.trade.orders.locks import hold_order
from zhanggui.trade.orders.models import GiveBackKind, Order, OrderState
from zhanggui.trade.orders.operations.advance_order import advance_order
from zhanggui.trade.orders.operations.give_back import LineBack, give_back, left_of
from zhanggui.trade.parameters.queries import number
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
    if _is_out(order):
        raise OrderShipped(f"a part of order {order_no} left already; ask for after-sale", order_no=order_no)
    return _cancelled(order, reason, at, actor)


def units_let_go(*, order: Order, units: Mapping[int, int], reference: str, at: datetime, actor: str) -> None:
    """This function will free the stock of units by line of `order`, locked by the caller, that are given back before
    they left; of those that left nothing is reserved any more. Stock is locked before the money is, everywhere."""
    here = held_units([order])
    lines = order.lines.select_related("sku").order_by("id")
    gone = [Leaving(order, line, min(here[line.id], units.get(line.id, 0))) for line in lines]
    free_stock(moving=gone, reference=reference, at=at, actor=actor)


def shipping_ended(*, order: Order, at: datetime, actor: str, note: str = "") -> None:
    """This function will move on an order, locked by the caller, that waits to be shipped though nothing is left of
    it to ship: with something on its way it is shipped, and received by itself as if that left now; with nothing on
    its way it is called off, and the rest of its money goes back. Any other order stays as it is."""
    if (
        order.state != OrderState.PAID
        or order.kind != GoodsKind.PHYSICAL
        or any(held_units([order]).values())
    ):
        return
    if not _is_out(order):
        _cancelled(order, note, at, actor)
        return
    order.receive_by = received_by(at, number("receive_after_days"))
    order.save(update_fields=["receive_by"])
    advance_order(order=order, to=OrderState.SHIPPED, at=at, actor=actor, note=note)


def _is_out(order: Order) -> bool:
    """Whether something of it is in a parcel that did not come back."""
    return any(sent_units(order.lines.values_list("id", flat=True)).values())


def _cancelled(order: Order, reason: str, at: datetime, actor: str) -> Order:
    refuse_finished_order(order.order_no)
    everything = dict(order.lines.values_list("id", "quantity"))
    units_let_go(order=order, units=everything, reference=order.order_no, at=at, actor=actor)
    advance_order(order=order, to=OrderState.CANCELLED, at=at, actor=actor, note=reason)
    withdraw_cases(order=order, at=at, actor=actor, text=reason or "order called off")
    backs = [
        LineBack(line_id, left.quantity, left.goods_minor, left.freight_minor)
        for line_id, left in left_of(order).items()
    ]
    if any(back.goods_minor + back.freight_minor for back in backs):
        give_back(
            order=order, lines=backs, cause=f"called-off:{order.order_no}", kind=GiveBackKind.RETURN,
            reason=reason or "order called off", at=at,
        )  # fmt: skip
    return order
