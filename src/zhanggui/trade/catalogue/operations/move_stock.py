"""Change stock by many movements of one kind at once."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection

from zhanggui.trade.catalogue.errors import (
    MovementDiffers,
    NotReserved,
    OutOfStock,
    QuantityRefused,
    UnknownGoods,
)
from zhanggui.trade.catalogue.locks import LockedStock, lock_stocks
from zhanggui.trade.catalogue.models import Sku, Stock, StockMovement, StockMovementKind, Warehouse
from zhanggui.trade.catalogue.rules.stock import EFFECTS, StockMove, together

Change = tuple[int, int, int, str]  # stock, change on hand, change reserved, reference


def move_stock(*, kind: StockMovementKind, moves: Iterable[StockMove], at: datetime, actor: str) -> int:
    """This function will carry out movements in the caller's transaction: all or none of them, each once by stock,
    kind and reference, and return how many were new. The stocks are locked in one order, checked, and changed in one
    statement together with their history.

    Raises QuantityRefused, UnknownGoods, MovementDiffers, OutOfStock, NotReserved.
    """
    wanted = together(moves)
    if not wanted:
        return 0
    places = sorted({(sku, warehouse) for sku, warehouse, _ in wanted})
    stocks = {(row.sku_id, row.warehouse_id): row for row in lock_stocks(places)}
    missing = [place for place in places if place not in stocks]
    if missing and kind in (StockMovementKind.RECEIVED, StockMovementKind.RETURNED):
        open_stocks(missing)
        stocks = {(row.sku_id, row.warehouse_id): row for row in lock_stocks(places)}
    else:
        stocks |= _nothing_there(missing)
    done = done_before(kind, list(stocks.values()))
    on_hand, reserved = EFFECTS[kind]
    changes: list[Change] = []
    for (sku, warehouse, reference), quantity in wanted.items():
        stock = stocks[sku, warehouse]
        change = (on_hand * quantity, reserved * quantity)
        before = done.get((stock.id, reference))
        if before is None:
            changes.append((stock.id, *change, reference))
        elif before != change:
            raise MovementDiffers(
                f"{reference} has {kind} another quantity of {stock.sku_code} before; use a new reference",
                reference=reference, sku=stock.sku_code,
            )  # fmt: skip
    _check(kind, {row.id: row for row in stocks.values()}, changes)
    apply_changes(kind=kind, changes=changes, at=at, actor=actor)
    return len(changes)


def open_stocks(places: Sequence[tuple[int, int]]) -> None:
    """This function will make the rows of stocks that are not there yet. Listings have none of their own, and goods
    lie in warehouses of their owner. Raises UnknownGoods, QuantityRefused."""
    skus = {row.id: row for row in Sku.objects.filter(id__in={sku for sku, _ in places})}
    warehouses = {row.id: row for row in Warehouse.objects.filter(id__in={one for _, one in places})}
    for sku_id, warehouse_id in places:
        sku, warehouse = skus.get(sku_id), warehouses.get(warehouse_id)
        if sku is None or warehouse is None or sku.owner_id != warehouse.owner_id:
            raise UnknownGoods("there is no such SKU or warehouse of this owner; choose from the lists")
        if sku.source_id:
            raise QuantityRefused(
                f"the stock of {sku.code} is its supplier's; it is not kept here", sku=sku.code
            )
    Stock.objects.bulk_create(
        [Stock(sku_id=sku, warehouse_id=warehouse) for sku, warehouse in places], ignore_conflicts=True
    )


def done_before(
    kind: StockMovementKind, stocks: Sequence[LockedStock]
) -> dict[tuple[int, str], tuple[int, int]]:
    """This function will return what documents have moved of locked stocks: changes by stock and reference."""
    rows = StockMovement.objects.filter(kind=kind, stock_id__in=[row.id for row in stocks])
    found = rows.values_list("stock_id", "reference", "on_hand_change", "reserved_change")
    return {(stock, reference): (on_hand, reserved) for stock, reference, on_hand, reserved in found}


def apply_changes(*, kind: StockMovementKind, changes: Sequence[Change], at: datetime, actor: str) -> None:
    """This function will change locked stocks and write their history, in one statement."""
    if not changes:
        return
    stock, on_hand, reserved, reference = (list(column) for column in zip(*changes, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "with moved as (select * from unnest(%s::bigint[], %s::int[], %s::int[], %s::text[])"
            "  as m(stock_id, on_hand, reserved, reference)),"
            " changed as (update trade_stock s set on_hand = s.on_hand + t.on_hand,"
            "  reserved = s.reserved + t.reserved from (select stock_id, sum(on_hand)::int as on_hand,"
            "   sum(reserved)::int as reserved from moved group by 1) t where s.id = t.stock_id)"
            " insert into trade_stock_movement"
            " (stock_id, kind, on_hand_change, reserved_change, reference, at, actor)"
            " select stock_id, %s, on_hand, reserved, reference, %s, %s from moved",
            [stock, on_hand, reserved, reference, str(kind), at, actor],
        )


def _check(kind: StockMovementKind, stocks: Mapping[int, LockedStock], changes: Sequence[Change]) -> None:
    taken: Counter[int] = Counter()
    for stock, on_hand, reserved, _ in changes:
        taken[stock] += abs(reserved or on_hand)
    if kind == StockMovementKind.RESERVED:
        short = [
            (row.sku_id, row.sku_code, taken[row.id], row.on_hand - row.reserved)
            for row in stocks.values()
            if taken[row.id] > row.on_hand - row.reserved
        ]
        if short:
            raise _out_of_stock(short)
    elif kind in (StockMovementKind.RELEASED, StockMovementKind.SHIPPED):
        for row in stocks.values():
            if taken[row.id] > row.reserved:
                raise NotReserved(
                    f"{row.sku_code} has {row.reserved} reserved, fewer than {taken[row.id]}; look at its movements",
                    sku=row.sku_code, reserved=row.reserved,
                )  # fmt: skip


def _nothing_there(missing: Sequence[tuple[int, int]]) -> dict[tuple[int, int], LockedStock]:
    codes = dict(Sku.objects.filter(id__in=[sku for sku, _ in missing]).values_list("id", "code"))
    return {
        place: LockedStock(-1 - number, *place, on_hand=0, reserved=0, sku_code=codes.get(place[0], "?"))
        for number, place in enumerate(missing)
    }


def _out_of_stock(short: Sequence[tuple[int, str, int, int]]) -> OutOfStock:
    named = ", ".join(f"{code} {max(left, 0)}/{wanted}" for _, code, wanted, left in short)
    return OutOfStock(
        f"less is left than is wanted (left/wanted): {named}; lower the quantity or take it out",
        short=[
            {"sku_id": sku_id, "sku": code, "wanted": wanted, "left": max(left, 0)}
            for sku_id, code, wanted, left in short
        ],
    )
