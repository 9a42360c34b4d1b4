"""Take what leaves with a parcel, or over the counter, out of stock; put back what comes back with it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from zhanggui.trade.catalogue.operations.release_stock import release_stock
from zhanggui.trade.catalogue.operations.reserve_stock import reserve_stock
from zhanggui.trade.catalogue.operations.ship_stock import ship_stock
from zhanggui.trade.catalogue.operations.take_back_stock import take_back_stock
from zhanggui.trade.catalogue.rules.stock import StockMove
from zhanggui.trade.orders.models import Order, OrderLine


class Leaving(NamedTuple):
    """So many of a line of an order."""

    order: Order
    line: OrderLine
    quantity: int


def send_stock(*, leaving: Sequence[Leaving], reference: str, at: datetime, actor: str) -> None:
    """This function will take units out of the stocks their orders reserved them in, in the caller's transaction.
    Raises NotReserved."""
    ship_stock(moves=_moves(leaving, reference), at=at, actor=actor)


def return_stock(
    *, back: Sequence[Leaving], kept: Sequence[Leaving], reference: str, at: datetime, actor: str
) -> None:
    """This function will put units back where they left from, those of `kept` reserved for their orders as before, in
    the caller's transaction."""
    take_back_stock(moves=_moves(back, reference), at=at, actor=actor)
    reserve_stock(moves=_moves(kept, reference), at=at, actor=actor)


def shift_stock(
    *, moving: Sequence[Leaving], to_warehouse_id: int, reference: str, at: datetime, actor: str
) -> None:
    """This function will reserve units in another warehouse and let go of them in the one of their orders, in the
    caller's transaction. Raises OutOfStock."""
    there = [replace(one, warehouse_id=to_warehouse_id) for one in _moves(moving, reference)]
    reserve_stock(moves=there, at=at, actor=actor)
    release_stock(moves=_moves(moving, reference), at=at, actor=actor)


def free_stock(*, moving: Sequence[Leaving], reference: str, at: datetime, actor: str) -> None:
    """This function will let go of units where their orders reserved them, in the caller's transaction."""
    release_stock(moves=_moves(moving, reference), at=at, actor=actor)


def _moves(units: Sequence[Leaving], reference: str) -> Iterator[StockMove]:
    """Orders without a warehouse have nothing in stock; listings of supply goods take their source's; none of a line
    is no movement."""
    for order, line, quantity in units:
        if order.warehouse_id is not None and quantity:
            yield StockMove(line.sku.source_id or line.sku_id, order.warehouse_id, quantity, reference)
