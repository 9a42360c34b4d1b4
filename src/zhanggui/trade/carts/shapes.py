"""Whose cart it is, and the cart as it is shown. Pure data; amounts are minor units of the quote's currency."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zhanggui.trade.promotions.shapes import Quote


@dataclass(frozen=True, slots=True)
class CartOwner:
    """A buyer, or the visitor whose browser carries this key."""

    buyer_id: int = 0
    visitor: str = ""

    def __post_init__(self) -> None:
        if bool(self.buyer_id) == bool(self.visitor):
            raise ValueError("a cart belongs to a buyer or to a visitor")


@dataclass(frozen=True, slots=True)
class CartLine:
    """One SKU in a cart. `refused` says why it cannot be bought (unlisted, closed, currency, region, short), and
    `left` how many there are. `changed_minor` is what a unit costs more (less) than when it was put in.

    `due_minor` is what the chosen quantity costs after promotions, without freight.
    """

    sku_id: int
    sku_code: str
    spu_number: str
    title: Mapping[str, str]
    specs: Mapping[str, Any]
    picture: str
    quantity: int
    chosen: bool
    unit_minor: int
    market_minor: int
    changed_minor: int
    due_minor: int
    left: int
    refused: str


@dataclass(frozen=True, slots=True)
class CartShop:
    """One shop's part of a cart. `open` is whether it sells."""

    merchant_id: int
    code: str
    name: Mapping[str, str]
    open: bool
    lines: tuple[CartLine, ...]


@dataclass(frozen=True, slots=True)
class Cart:
    """A cart as shops with lines, and what the chosen ones that can be bought would cost."""

    shops: tuple[CartShop, ...]
    quote: Quote

    @property
    def lines(self) -> tuple[CartLine, ...]:
        """All lines."""
        return tuple(line for shop in self.shops for line in shop.lines)

    @property
    def refused(self) -> tuple[CartLine, ...]:
        """The lines that cannot be bought as they are."""
        return tuple(line for line in self.lines if line.refused)
