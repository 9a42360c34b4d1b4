"""Reserve stock for orders."""

from collections.abc import Iterable
from datetime import datetime

from zhanggui.trade.catalogue.models import StockMovementKind
from zhanggui.trade.catalogue.operations.move_stock import move_stock
from zhanggui.trade.catalogue.rules.stock import StockMove


def reserve_stock(*, moves: Iterable[StockMove], at: datetime, actor: str) -> int:
    """This function will reserve stock for orders that are placed: all of them or
    none, each once by stock and reference, in the caller's transaction. It returns how many were new.

    Raises QuantityRefused, OutOfStock (naming every SKU and what is left of it), MovementDiffers.
    """
    return move_stock(kind=StockMovementKind.RESERVED, moves=moves, at=at, actor=actor)
