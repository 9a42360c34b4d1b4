"""Equal rows of integer columns, found by sorting one number for each row where that can be."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_PACKED_MAX = 2**62
_COUNTED_FOR_A_ROW = 4


@dataclass(frozen=True)
class Groups:
    """Groups of equal rows: `first` is one row of each group, in ascending order of the columns; `group` says
    for every row which group it is in."""

    first: Ints
    group: Ints

    def __len__(self) -> int:
        return len(self.first)


def group_rows(*columns: Ints) -> Groups:
    """This function will group rows that are equal in all columns (int64, same length, at least one column)."""
    if not len(columns[0]):
        empty = np.empty(0, dtype=np.int64)
        return Groups(empty, empty)
    packed = _packed(columns)
    if packed is not None and int(packed.max()) <= _COUNTED_FOR_A_ROW * len(packed):
        return _counted(packed)
    if packed is not None:
        _, first, group = np.unique(packed, return_index=True, return_inverse=True)
        return Groups(first.astype(np.int64), group.reshape(-1).astype(np.int64))
    order = np.lexsort(columns[::-1])
    new = np.zeros(len(order), dtype=bool)
    new[0] = True
    for column in columns:
        ordered = column[order]
        new[1:] |= ordered[1:] != ordered[:-1]
    group = np.empty(len(order), dtype=np.int64)
    group[order] = np.cumsum(new) - 1
    return Groups(order[new].astype(np.int64), group)


def _counted(packed: Ints) -> Groups:
    """Groups of small numbers (0 or more) without sorting."""
    place = np.full(int(packed.max()) + 1, -1, dtype=np.int64)
    place[packed[::-1]] = np.arange(len(packed) - 1, -1, -1)  # of equal ones the first is written last
    there = place >= 0
    return Groups(place[there], (np.cumsum(there) - 1)[packed])


def _packed(columns: tuple[Ints, ...]) -> Ints | None:
    """The columns as one number in mixed radix, or None when it would not fit."""
    lows = [int(column.min()) for column in columns]
    spans = [int(column.max()) - low + 1 for column, low in zip(columns, lows, strict=True)]
    size = 1
    for span in spans:
        size *= span
    if size >= _PACKED_MAX:
        return None
    packed = np.zeros(len(columns[0]), dtype=np.int64)
    for column, low, span in zip(columns, lows, spans, strict=True):
        if span > 1:
            packed *= span
            packed += column - low
    return packed


def order_of(*columns: Ints) -> NDArray[np.intp]:
    """This function will return the order of the rows by these columns (int64, same length, not empty), the
    first one first; which of equal rows comes first is not said."""
    packed = _packed(columns) if len(columns[0]) else None
    return np.lexsort(columns[::-1]) if packed is None else np.argsort(packed)


def first_of_each(*matrices: NDArray[Any]) -> tuple[Ints, Ints]:
    """This function will find equal rows over matrices of integers [n, k] (not empty): one row of each kind,
    in an order that depends on nothing but the rows, and for every row which kind it is.

    Rows are sorted by a hash of 64 bits; the result is checked row by row, and done slowly if two kinds
    should ever agree in it.
    """
    number = np.zeros(len(matrices[0]), dtype=np.uint64)
    for place, matrix in enumerate(matrices):
        number += matrix.astype(np.uint64) @ _multipliers(place, matrix.shape[1])
    _, first, group = np.unique(number, return_index=True, return_inverse=True)
    group = group.reshape(-1)
    if all(np.array_equal(matrix, matrix[first][group]) for matrix in matrices):
        return first.astype(np.int64), group.astype(np.int64)
    rows = np.concatenate([matrix.astype(np.int64) for matrix in matrices], axis=1)
    _, first, group = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    return first.astype(np.int64), group.reshape(-1).astype(np.int64)


def _multipliers(place: int, count: int) -> NDArray[np.uint64]:
    """Odd numbers of 64 bits that look random and are always the same (splitmix64)."""
    steps = np.arange(1, count + 1, dtype=np.uint64) + np.uint64(place << 32)
    mixed = steps * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (mixed ^ (mixed >> np.uint64(31))) | np.uint64(1)
