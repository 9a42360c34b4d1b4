"""What of an order has not left is not shipped at all (缺货少发): its money goes back, what left goes on."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from zhanggui.journeys.order_called_off import order_called_off, shipping_ended, units_let_go
from zhanggui.outbox.operations.write_notices import write_notices
from zhanggui.settlement.intake.queries import refuse_finished_order
from zhanggui.trade.catalogue.models.goods import GoodsKind
from zhanggui.trade.fulfilment.errors import UnknownOrderLine
from zhanggui.trade.fulfilment.queries import held_units, sent_units
from zhanggui.trade.fulfilment.rules import left_to_ship
from zhanggui.trade.orders.errors import OrderNotInState, UnknownOrder
from zhanggui.trade.orders.locks import hold_order
from zhanggui.trade.orders.models import GiveBackKind, Order, OrderLine, OrderState
from zhanggui.trade.orders.operations.advance_order import add_steps
from zhanggui.trade.orders.operations.give_back import LineBack, give_back, left_of
from zhanggui.trade.orders.telling import told_of
from zhanggui.trade.returns.errors import ReasonMissing
from zhanggui.trade.returns.queries import asked_of, withdrawn_units
from zhanggui.trade.returns.rules import goods_for_units

KIND = "part_called_off"


@transaction.atomic
def rest_called_off(
    *, order_no: str, reason: str, at: datetime, actor: str, line_nos: Collection[str] = (),
    merchant_id: int | None = None,
) -> Order:  # fmt: skip
    """This function will call off every unit of an order (of these of its lines) that is still to be shipped: the
    money for it is asked back, its stock is free, and nothing of it can be shipped any more. What is on its way stays
    as it is; with nothing on its way and nothing kept, all of the order is called off. Units the buyer asks the money
    back for are left to the case. `merchant_id` calls off its own orders only; None is the platform.

    Said again there is nothing left: OrderNotInState. Raises UnknownOrder, ReasonMissing, OrderNotInState,
    UnknownOrderLine.
    """
    order = hold_order(order_no)
    if merchant_id not in (None, order.merchant_id):
        raise UnknownOrder(f"there is no order {order_no!r}", order_no=order_no)
    if not reason.strip():
        raise ReasonMissing("say why it is not shipped; the buyer reads it")
    if order.state != OrderState.PAID or order.kind != GoodsKind.PHYSICAL:
        raise OrderNotInState(
            f"order {order_no} is {order.state}; only goods that wait to be shipped can be called off",
            order_no=order_no, state=order.state,
        )  # fmt: skip
    lines = _chosen(order, line_nos)
    here, withdrawn, sent = (
        held_units([order]),
        withdrawn_units([order_no]),
        sent_units(line.id for line in lines),
    )
    units = {
        line.id: left_to_ship(ordered=line.quantity, sent=sent[line.id], withdrawn=withdrawn.get(line.id, 0))
        for line in lines
    }
    if not any(units.values()):
        raise OrderNotInState(
            f"nothing of order {order_no} waits to be shipped but what the buyer asks the money back for; answer"
            " that in after-sale",
            order_no=order_no, state=order.state,
        )  # fmt: skip
    # with nothing on its way, all of it takes the freight along
    if sum(units.values()) == sum(here.values()) and not any(
        sent_units(order.lines.values_list("id", flat=True)).values()
    ):
        return order_called_off(order_no=order_no, reason=reason, at=at, actor=actor)
    refuse_finished_order(order_no)
    times = order.steps.filter(kind=KIND).count() + 1
    units_let_go(order=order, units=units, reference=f"{order_no} rest {times}", at=at, actor=actor)
    give_back(
        order=order, lines=_backs(order, lines, units, withdrawn), cause=f"rest:{order_no}:{times}",
        kind=GiveBackKind.RETURN, reason=reason, at=at,
    )  # fmt: skip
    add_steps(orders=[order], kind=KIND, at=at, actor=actor, note=reason)
    write_notices(told=list(told_of(order, "order.part_called_off", cause=str(times))), at=at)
    shipping_ended(order=order, at=at, actor=actor, note=reason)
    return order


def _chosen(order: Order, line_nos: Collection[str]) -> list[OrderLine]:
    lines = list(order.lines.order_by("id"))
    known = {line.line_no for line in lines}
    unknown = next((line_no for line_no in line_nos if line_no not in known), None)
    if unknown is not None:
        raise UnknownOrderLine(
            f"order {order.order_no} has no line {unknown!r}; check the number", order_no=order.order_no
        )
    return [line for line in lines if not line_nos or line.line_no in line_nos]


def _backs(
    order: Order, lines: list[OrderLine], units: dict[int, int], withdrawn: dict[int, int]
) -> list[LineBack]:
    """Their share of what is left of each line's money, without what open cases ask; the last unit takes the freight:
    it is the shop that does not send it."""
    left, asked, found = left_of(order), asked_of(order), []
    for line in lines:
        wanted, rest = units[line.id], line.quantity - withdrawn.get(line.id, 0)
        _units, goods, freight = asked.get(line.id, (0, 0, 0))
        if not wanted:
            continue
        due = goods_for_units(
            minor_left=max(0, left[line.id].goods_minor - goods), units_left=rest, wanted=wanted
        )
        found.append(
            LineBack(line.id, wanted, due, left[line.id].freight_minor - freight if wanted == rest else 0)
        )
    return found
