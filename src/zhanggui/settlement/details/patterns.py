"""What billed lines have in common: fee types, rule versions, and which details share one base.

A market of a million lines has some hundred patterns. A line names its pattern and carries what is its own:
amounts, and the bases that are not its `whole` (what the buyer paid for the goods, in a sale: the base of most
fees). Which line has which pattern follows from the line alone, so that a replay comes to the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zhanggui.rows.grouping import first_of_each
from zhanggui.rows.images import row_digests
from zhanggui.rows.layout import Column, Wire
from zhanggui.settlement.details.blocks import BilledBlock, Ints

PATTERN_COLUMNS = (
    ("fee_types", Wire.INT4_ARRAY), ("rules", Wire.INT4_ARRAY), ("base_of", Wire.INT4_ARRAY),
)  # fmt: skip


@dataclass(frozen=True)
class Patterns:
    """Patterns [p, k] of details, none twice. `base_of` is 0 for the line's whole, else a place, from 1, in its
    own bases."""

    fee_types: Ints
    rules: Ints
    base_of: Ints
    digests: NDArray[np.void]

    def columns(self) -> list[Column]:
        """This method will return what a digest is taken over, in that order."""
        return [Column(name, wire, getattr(self, name)) for name, wire in PATTERN_COLUMNS]


@dataclass(frozen=True)
class Packed:
    """Lines of a block that have equally many bases of their own: which rows of it, the pattern of each, and
    those bases [n, m]."""

    rows: Ints
    patterns: Patterns
    pattern: Ints
    own_bases: Ints

    def __len__(self) -> int:
        return len(self.rows)


def packed(block: BilledBlock) -> Iterator[Packed]:
    """This function will tell the lines of a block (at least one) apart by how many bases are their own."""
    own = block.bases != block.whole[:, None]
    first, group = first_of_each(block.fee_types, block.rules, own.view(np.uint8))
    patterns = _patterns(block.fee_types[first], block.rules[first], own[first])
    counts = own[first].sum(axis=1)
    known = np.unique(counts).tolist()
    for count in known:
        rows = np.flatnonzero(counts[group] == count) if len(known) > 1 else np.arange(len(block))
        picked, is_own = block.bases[rows], own[rows]
        yield Packed(rows, patterns, group[rows], picked[is_own].reshape(len(rows), count))


def _patterns(fee_types: Ints, rules: Ints, own: NDArray[np.bool_]) -> Patterns:
    base_of = np.where(own, np.cumsum(own, axis=1), 0)
    columns = [Column(name, Wire.INT4_ARRAY, values) for name, values
               in (("fee_types", fee_types), ("rules", rules), ("base_of", base_of))]  # fmt: skip
    return Patterns(fee_types, rules, base_of, row_digests(columns))
