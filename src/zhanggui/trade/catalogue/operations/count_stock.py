"""Correct stock to what was counted."""

from collections.abc import Iterable
from datetime import datetime

from zhanggui.trade.catalogue.errors import QuantityRefused
from zhanggui.trade.catalogue.locks import lock_stocks
from zhanggui.trade.catalogue.models import StockMovementKind
from zhanggui.trade.catalogue.operations.move_stock import apply_changes, done_before, open_stocks
from zhanggui.trade.catalogue.rules.stock import StockMove, together

COUNTED = StockMovementKind.COUNTED


def count_stock(*, moves: Iterable[StockMove], at: datetime, actor: str) -> int:
    """This function will set stocks to the quantities that were counted, in the caller's transaction, and return how
    many were new; a count that was entered before changes nothing.

    Raises QuantityRefused: a quantity is none, or fewer were counted than are reserved for orders; UnknownGoods.
    """
    wanted = together(moves, least=0)
    places = sorted({(sku, warehouse) for sku, warehouse, _ in wanted})
    if len(places) < len(wanted):
        raise QuantityRefused("a stock is counted twice in this count; leave one of the rows out")
    stocks = {(row.sku_id, row.warehouse_id): row for row in lock_stocks(places)}
    missing = [place for place in places if place not in stocks]
    if missing:
        open_stocks(missing)
        stocks = {(row.sku_id, row.warehouse_id): row for row in lock_stocks(places)}
    done = done_before(COUNTED, list(stocks.values()))
    changes = []
    for (sku, warehouse, reference), quantity in wanted.items():
        stock = stocks[sku, warehouse]
        if (stock.id, reference) in done:
            continue
        if quantity < stock.reserved:
            raise QuantityRefused(
                f"{stock.sku_code}: {quantity} were counted, and {stock.reserved} are reserved for orders; hold or"
                " cancel orders first",
                sku=stock.sku_code, reserved=stock.reserved,
            )  # fmt: skip
        changes.append((stock.id, quantity - stock.on_hand, 0, reference))
    apply_changes(kind=COUNTED, changes=changes, at=at, actor=actor)
    return len(changes)
