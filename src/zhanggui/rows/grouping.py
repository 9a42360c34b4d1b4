"""Equal rows of integer columns, found by sorting one packed number where the ranges allow it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_PACKED_MAX = 2**62


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
