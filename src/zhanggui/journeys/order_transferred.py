"""An order is shipped from elsewhere than was thought; somebody wrote something on it."""

from datetime import datetime

from django.db import transaction

from zhanggui.settlement.intake.queries import may_be_billed
from zhanggui.trade.fulfilment.errors import TransferRefused
from zhanggui.trade.fulfilment.operations.transfer_order import transfer_order
from zhanggui.trade.orders.locks import hold_order
from zhanggui.trade.orders.models import Order
from zhanggui.trade.orders.operations.note_order import note_order


@transaction.atomic
def order_transferred(
    *,
    order_no: str,
    warehouse_id: int,
    at: datetime,
    actor: str,
    note: str = "",
    shipper_id: int | None = None,
) -> Order:
    """This function will transfer an order to another warehouse, or (0) from its supplier to its merchant. Once it
    may be billed who supplies it stays. Raises UnknownOrder, TransferRefused, OrderNotToShip, OutOfStock."""
    order = transfer_order(
        order_no=order_no, warehouse_id=warehouse_id, at=at, actor=actor, note=note, shipper_id=shipper_id
    )
    # the order is locked: while it is, nothing of it is told, so nothing becomes billable
    if not warehouse_id and may_be_billed(order_no):
        raise TransferRefused(
            f"order {order_no} may be billed for its supplier already, who stays; have it shipped, or call it off",
            order_no=order_no,
        )
    return order


@transaction.atomic
def order_noted(*, order_no: str, note: str, at: datetime, actor: str) -> Order:
    """This function will write a note on an order. Raises UnknownOrder, NoteRefused."""
    order = hold_order(order_no)
    note_order(order=order, note=note, at=at, actor=actor)
    return order
