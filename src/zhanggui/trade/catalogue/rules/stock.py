"""How each kind of movement changes a stock, and what has to be there for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from zhanggui.trade.catalogue.errors import QuantityRefused

MOST_UNITS: Final = 10_000_000
# on hand, reserved: for each unit of a movement
EFFECTS: Final[Mapping[str, tuple[int, int]]] = {
    "received": (1, 0),
    "reserved": (0, 1),
    "released": (0, -1),
    "shipped": (-1, -1),
    "returned": (1, 0),
}


@dataclass(frozen=True, slots=True)
class StockMove:
    """So many units of a SKU in a warehouse, for a document (`reference`: order, parcel, case, count)."""

    sku_id: int
    warehouse_id: int
    quantity: int
    reference: str


def together(moves: Iterable[StockMove], *, least: int = 1) -> dict[tuple[int, int, str], int]:
    """This function will return the units by SKU, warehouse and reference. Raises QuantityRefused."""
    found: dict[tuple[int, int, str], int] = {}
    for move in moves:
        if not least <= move.quantity <= MOST_UNITS:
            raise QuantityRefused(
                f"{move.quantity} is no quantity; use a whole number from {least} to {MOST_UNITS}",
                quantity=move.quantity,
            )
        if not move.reference or len(move.reference) > 64:
            raise QuantityRefused(
                "a movement of stock needs a reference of 1 to 64 characters; name the document"
            )
        key = (move.sku_id, move.warehouse_id, move.reference)
        found[key] = found.get(key, 0) + move.quantity
    return found
