"""Finding the sales that a cancellation takes back.

The data does not say which sale a cancellation belongs to. The rule: sales of the same customer and the same
stock code, the most recent first, each with the quantity and the amount that earlier cancellations left of
it. The cancellation's own amount is shared over the quantities it takes (cumulatively, so that the last piece
clears). A sale never gives back more than is left of its amount; what no sale can bear stays unmatched.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import NamedTuple

from zhanggui.money.allocation import allocate_cumulative

_CUSTOMERS_MAX = 1 << 32


class Piece(NamedTuple):
    """A part of a cancellation that one sale bears. `sale` is the position of the sale's row."""

    sale: int
    quantity: int
    pennies: int


class Matched(NamedTuple):
    """A cancellation taken apart: the pieces, and what no sale could bear."""

    pieces: list[Piece]
    rest_quantity: int
    rest_pennies: int


@dataclass(slots=True)
class SalesHistory:
    """What is left of every sale so far, by customer and stock code. Sales must be added in time order."""

    left_quantity: array[int]
    left_pennies: array[int]
    _sales: dict[int, list[int]] = field(default_factory=dict)

    def add(self, customer: int, stock: int, sale: int) -> None:
        """Remember the sale of row position `sale`."""
        self._sales.setdefault(stock * _CUSTOMERS_MAX + customer, []).append(sale)

    def take_back(self, customer: int, stock: int, quantity: int, pennies: int) -> Matched:
        """Take `quantity` units worth `pennies` (both positive) off the customer's sales of this stock code.

        What was taken is no longer there for the next cancellation.
        """
        open_sales = self._sales.get(stock * _CUSTOMERS_MAX + customer, [])
        pieces: list[Piece] = []
        done = 0
        borne = 0
        for sale in reversed(open_sales):
            if done == quantity:
                break
            step = min(self.left_quantity[sale], quantity - done)
            owed = allocate_cumulative(pennies, done, quantity, step)
            share = min(owed, self.left_pennies[sale])
            if share == 0:
                continue
            self.left_quantity[sale] -= step
            self.left_pennies[sale] -= share
            pieces.append(Piece(sale, step, share))
            done += step
            borne += share
        while open_sales and not (self.left_quantity[open_sales[-1]] and self.left_pennies[open_sales[-1]]):
            open_sales.pop()
        return Matched(pieces, quantity - done, pennies - borne)
