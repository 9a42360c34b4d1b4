"""Where stock is, what is left, and of what too little."""

from collections.abc import Iterable
from typing import Any

from zhanggui.trade.catalogue.queries.reading import rows_of
from zhanggui.trade.catalogue.queries.shapes import StockPlace

AVAILABLE = (
    "(select coalesce(sum(t.on_hand - t.reserved), 0) from trade_stock t"
    " where t.sku_id = coalesce(k.source_id, k.id))"
)


def stock_places(sku_ids: Iterable[int]) -> dict[int, tuple[StockPlace, ...]]:
    """This function will return, by SKU, the warehouses where units of it can be had now, most units first; those of
    a listing are at its supplier's. A SKU that is nowhere has no places."""
    ids = list(sku_ids)
    found: dict[int, list[StockPlace]] = {one: [] for one in ids}
    rows = rows_of(
        "select k.id, t.sku_id as stock_sku_id, t.warehouse_id, w.owner_id, t.on_hand - t.reserved as available"
        " from trade_sku k join trade_stock t on t.sku_id = coalesce(k.source_id, k.id)"
        " join trade_warehouse w on w.id = t.warehouse_id and w.active"
        " where k.id = any(%s) and t.on_hand > t.reserved order by k.id, 5 desc, 3",
        [ids],
    )
    for row in rows:
        found[row.pop("id")].append(StockPlace(**row))
    return {one: tuple(places) for one, places in found.items()}


def units_left(sku_ids: Iterable[int]) -> dict[int, int]:
    """This function will return how many units of each SKU can be had now, over all warehouses."""
    places = stock_places(sku_ids)
    return {one: sum(place.available for place in there) for one, there in places.items()}


def low_stock(owner_id: int) -> list[dict[str, Any]]:
    """This function will return an owner's SKUs of which so few are left as their mark says, the fewest first."""
    return rows_of(
        "select * from (select k.id, k.code, k.specs, k.low_stock, s.number, s.title, s.state,"
        f" {AVAILABLE}::int as available from trade_sku k join trade_spu s on s.id = k.spu_id"
        " where k.owner_id = %s and k.active and k.low_stock > 0) found where available <= low_stock"
        " order by available, code",
        [owner_id],
    )


def ran_low(most: int) -> list[dict[str, Any]]:
    """This function will return SKUs on sale, anybody's, of which so few are left as their mark says, and the
    movement by which something came in last (0: nothing ever did)."""
    return rows_of(
        "select * from (select k.id, k.owner_id, k.code, k.low_stock, s.number, s.title,"
        f" {AVAILABLE}::int as available, (select coalesce(max(m.id), 0) from trade_stock_movement m"
        "  join trade_stock t on t.id = m.stock_id where t.sku_id = k.id and m.on_hand_change > 0) as last_in"
        " from trade_sku k join trade_spu s on s.id = k.spu_id and s.state = 'listed'"
        " where k.source_id is null and k.active and k.low_stock > 0) found where available <= low_stock"
        " order by id limit %s",
        [most],
    )
