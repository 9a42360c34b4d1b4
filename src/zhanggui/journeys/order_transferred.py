"""An order is shipped from elsewhere than was thought; somebody wrote something on it."""

from datetime import datetime

from django.db import transaction

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
    """This function will transfer an order to another warehouse, or (0) from its supplier to its merchant. Raises
    UnknownOrder, TransferRefused, OrderNotToShip, OutOfStock."""
    return transfer_order(
        order_no=order_no, warehouse_id=warehouse_id, at=at, actor=actor, note=note, shipper_id=shipper_id
    )


@transaction.atomic
def order_noted(*, order_no: str, note: str, at: datetime, actor: str) -> Order:
    """This function will write a note on an order. Raises UnknownOrder, NoteRefused."""
    order = hold_order(order_no)
    note_order(order=order, note=note, at=at, actor=actor)
    return order
