"""Which rules a dimension's values satisfy, as bit sets.

A bit set is a Python integer; bit i stands for condition i. Two values with the same bit set are the same to
every rule: an equivalence class. A few dozen classes stand for thousands of merchants and categories.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence


def open_bits(named: Sequence[Collection[Hashable] | None]) -> int:
    """The conditions that do not restrict the dimension (None): any value meets them, also an unknown one."""
    bits = 0
    for place, values in enumerate(named):
        if values is None:
            bits |= 1 << place
    return bits


def value_bits[V: Hashable](
    named: Sequence[Collection[V] | None], parents: Mapping[V, V | None], known: Collection[V] = ()
) -> dict[V, int]:
    """For every value that is named, known or in the tree, the conditions it meets.

    `named[i]` are the values condition i names (None: no restriction). A value also meets what names one of
    its ancestors in `parents` (child -> parent; a missing or None parent is a root).
    Raises ValueError if the parents form a ring.
    """
    everywhere = open_bits(named)
    own: dict[V, int] = dict.fromkeys([*known, *parents], 0)
    for place, values in enumerate(named):
        for value in values or ():
            own[value] = own.get(value, 0) | 1 << place
    met: dict[V, int] = {}
    for value in own:
        _descend(value, own, parents, met, everywhere)
    return met


def _descend[V: Hashable](
    value: V, own: Mapping[V, int], parents: Mapping[V, V | None], met: dict[V, int], everywhere: int
) -> None:
    """Fill `met` for a value and its ancestors, root first; a loop, since trees may be deep."""
    path: list[V] = []
    at: V | None = value
    while at is not None and at not in met:
        if len(path) > len(parents):
            raise ValueError(f"the parents of {value!r} form a ring")
        path.append(at)
        at = parents.get(at)
    bits = everywhere if at is None else met[at]
    for node in reversed(path):
        bits |= own.get(node, 0)
        met[node] = bits


def interval_bits(bounds: Sequence[tuple[int | None, int | None]]) -> tuple[list[int], list[int]]:
    """Cut a line into intervals at every bound: (cuts ascending, bit sets of the len(cuts)+1 intervals).

    `bounds[i]` is condition i's half-open [from, before); None is without limit. Interval j lies between
    cut j-1 (inclusive) and cut j.
    """
    cuts = sorted({edge for pair in bounds for edge in pair if edge is not None})
    intervals = []
    for place in range(len(cuts) + 1):
        low = cuts[place - 1] if place else None
        bits = 0
        for condition, (starts, before) in enumerate(bounds):
            after_start = starts is None or (low is not None and low >= starts)
            before_end = before is None or low is None or low < before
            bits |= (after_start and before_end) << condition
        intervals.append(bits)
    return cuts, intervals
