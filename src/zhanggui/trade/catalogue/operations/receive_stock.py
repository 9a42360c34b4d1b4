"""Take in what came into a warehouse."""

from collections.abc import Iterable
from datetime import datetime

from zhanggui.trade.catalogue.models import StockMovementKind
from zhanggui.trade.catalogue.operations.move_stock import move_stock
from zhanggui.trade.catalogue.rules.stock import StockMove


def receive_stock(*, moves: Iterable[StockMove], at: datetime, actor: str) -> int:
    """This function will take in what came into warehouses; a stock that is not there yet is opened: all of them or
    none, each once by stock and reference, in the caller's transaction. It returns how many were new.

    Raises QuantityRefused, UnknownGoods, MovementDiffers.
    """
    return move_stock(kind=StockMovementKind.RECEIVED, moves=moves, at=at, actor=actor)
