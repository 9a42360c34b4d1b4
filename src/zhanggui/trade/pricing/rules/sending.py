"""From which warehouses the goods of one shipper leave: as few as can be, because each sends a parcel of its own."""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Need:
    """So many of one SKU's stock; `key` is the line's own mark, in the order of which ties are settled."""

    key: int
    stock_sku_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Picked:
    """So many of a need from one warehouse."""

    key: int
    warehouse_id: int
    quantity: int


def choose_warehouses(
    needs: Sequence[Need], stock: MutableMapping[tuple[int, int], int]
) -> tuple[list[Picked], dict[int, int]]:
    """What leaves which warehouse, and by key how much there is of those that cannot be had in full.

    `stock` is what is free by (SKU, warehouse); what is picked is taken off it, so that two listings of the same
    supply goods do not both count on the last one. A warehouse that can send most needs whole goes first, then by
    its number. A need that no single warehouse has whole is split, the fullest first. A short one takes nothing.
    """
    picked: list[Picked] = []
    short: dict[int, int] = {}
    open_needs = sorted(needs, key=lambda need: need.key)
    while open_needs:
        warehouse, whole = _fullest(open_needs, stock)
        if not whole:
            break
        for need in whole:
            picked.append(Picked(need.key, warehouse, need.quantity))
            stock[need.stock_sku_id, warehouse] -= need.quantity
        taken = {need.key for need in whole}
        open_needs = [need for need in open_needs if need.key not in taken]
    for need in open_needs:
        free = _free_of(need, stock)
        if sum(amount for _warehouse, amount in free) < need.quantity:
            short[need.key] = sum(amount for _warehouse, amount in free)
            continue
        missing = need.quantity
        for warehouse, amount in free:
            taken_here = min(amount, missing)
            if taken_here:
                picked.append(Picked(need.key, warehouse, taken_here))
                stock[need.stock_sku_id, warehouse] -= taken_here
                missing -= taken_here
    return picked, short


def _fullest(needs: Sequence[Need], stock: Mapping[tuple[int, int], int]) -> tuple[int, list[Need]]:
    """The warehouse that sends most of the needs whole, and which; two needs of one SKU share what is there."""
    wanted = {need.stock_sku_id for need in needs}
    best: tuple[int, list[Need]] = (0, [])
    for warehouse in sorted({place for sku, place in stock if sku in wanted}):
        left = {sku: stock.get((sku, warehouse), 0) for sku in wanted}
        whole = []
        for need in needs:
            if left[need.stock_sku_id] >= need.quantity:
                left[need.stock_sku_id] -= need.quantity
                whole.append(need)
        if len(whole) > len(best[1]):
            best = (warehouse, whole)
    return best


def _free_of(need: Need, stock: Mapping[tuple[int, int], int]) -> list[tuple[int, int]]:
    """(warehouse, free) of the need's SKU, the fullest first, then by the warehouse's number."""
    free = [
        (place, amount) for (sku, place), amount in stock.items() if sku == need.stock_sku_id and amount > 0
    ]
    return sorted(free, key=lambda entry: (-entry[1], entry[0]))
