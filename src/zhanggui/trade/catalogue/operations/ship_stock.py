"""Take reserved stock out with a parcel."""

from collections.abc import Iterable
from datetime import datetime

from zhanggui.trade.catalogue.models import StockMovementKind
from zhanggui.trade.catalogue.operations.move_stock import move_stock
from zhanggui.trade.catalogue.rules.stock import StockMove


def ship_stock(*, moves: Iterable[StockMove], at: datetime, actor: str) -> int:
    """This function will take reserved stock out of warehouses, with a parcel: all of them or
    none, each once by stock and reference, in the caller's transaction. It returns how many were new.

    Raises QuantityRefused, NotReserved, MovementDiffers.
    """
    return move_stock(kind=StockMovementKind.SHIPPED, moves=moves, at=at, actor=actor)
