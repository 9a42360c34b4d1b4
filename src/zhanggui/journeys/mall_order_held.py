"""An order of the mall is held (风控, 客诉) and released: it is not shipped, time does not move it on, and what it
owes waits in the settlement centre."""

from datetime import datetime

from django.db import transaction

from zhanggui.journeys.order_held import order_held, order_released
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.errors import OrderBilled
from zhanggui.settlement.intake.models import HoldReason, OrderHold
from zhanggui.settlement.statements.locks import hold_for_closing
from zhanggui.trade.orders import locks
from zhanggui.trade.orders.models import Order, OrderState
from zhanggui.trade.orders.operations.free_order import free_order
from zhanggui.trade.orders.operations.hold_order import hold_order
from zhanggui.trade.parameters.queries import text


@transaction.atomic
def mall_order_held(*, order_no: str, reason: HoldReason, at: datetime, actor: str, note: str = "") -> Order:
    """This function will hold an order in the mall and in the settlement centre; held already, it stays as it is. One
    that is to be shipped yet is held even if its lines are billed. Raises UnknownOrder, OrderNotInState, OrderBilled,
    HoldIncomplete."""
    hold_for_closing()
    order = locks.hold_order(order_no)
    if order.held:
        return order
    hold_order(order=order, at=at, actor=actor, note=f"{reason.value} {note}".strip())
    line = _line()
    if line is not None:
        try:
            with transaction.atomic():
                order_held(
                    business_line=line, order_no=order_no, reason=reason, at=at, actor=actor, note=note,
                    hold_no=f"mall-{order_no}-{order.steps.filter(kind='held').count()}",
                )  # fmt: skip
        except OrderBilled:
            if order.state not in (OrderState.PLACED, OrderState.PAID):
                raise
    return order


@transaction.atomic
def mall_order_released(*, order_no: str, at: datetime, actor: str, note: str = "") -> Order:
    """This function will release an order in the mall and what the mall held of it in the settlement centre; holds of
    others there stay. Raises UnknownOrder."""
    hold_for_closing()
    order = locks.hold_order(order_no)
    free_order(order=order, at=at, actor=actor, note=note)
    line = _line()
    if line is not None:
        held = OrderHold.objects.filter(
            business_line_id=line.id, order_no=order_no, released_at=None, hold_no__startswith="mall-"
        )
        for hold_no in held.values_list("hold_no", flat=True):
            order_released(business_line=line, hold_no=hold_no, at=at, actor=actor, note=note)
    return order


def _line() -> BusinessLine | None:
    """The mall's line in the settlement centre; None where it has not been opened there."""
    return BusinessLine.objects.filter(code=text("business_line")).first()
