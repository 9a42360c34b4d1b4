"""The rate card: which rule wins each slot, looked up once for every combination that really occurs.

Along each axis (a dimension, the time, the order amount) the values fall into classes that no rule tells
apart. A line's classes, packed by mixed radix into one integer, are its combination. A batch of a million
lines has a few hundred combinations; each is resolved once, by AND over bit sets of rules, and remembered.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from zhanggui.settlement.fees.rules.batch import Integers
from zhanggui.settlement.fees.rules.errors import UnsoundRule

type Words = npt.NDArray[np.uint64]

#: Up to this many possible combinations a table gives the row at once; beyond, rows are found by search.
_LARGEST_TABLE: Final = 1 << 20
#: Ids up to this are looked up in a table, larger ones by search.
_LARGEST_DENSE_ID: Final = 1 << 22
_ROWS_AT_ONCE: Final = 1 << 14
_LARGEST_RADIX: Final = 2**62


class ValueAxis:
    """Classes of ids along one dimension; ids that no rule knows, and 0, are of class 0."""

    def __init__(self, column: str, bits_of_id: Mapping[int, int], other: int, words: int) -> None:
        """`bits_of_id` are the rules an id satisfies, `other` those that an unknown id satisfies."""
        self.column = column
        classes = {other: 0}
        pairs = sorted(
            (value, classes.setdefault(bits, len(classes)))
            for value, bits in bits_of_id.items()
            if value > 0 and bits != other
        )
        self.words = as_words(list(classes), words)
        ids = np.array([value for value, _ in pairs], dtype=np.int64)
        kinds = np.array([kind for _, kind in pairs], dtype=np.int64)
        self._table: Integers | None = None
        if ids.size == 0 or int(ids[-1]) <= _LARGEST_DENSE_ID:
            # One more entry than ids: clipping sends everything beyond to it, hence to class 0.
            self._table = np.zeros(int(ids[-1]) + 2 if ids.size else 2, dtype=np.int64)
            self._table[ids] = kinds
        self._ids, self._kinds = ids, kinds

    @property
    def size(self) -> int:
        """How many classes there are."""
        return len(self.words)

    def classes(self, values: Integers) -> Integers:
        """The class of each id."""
        if self._table is not None:
            return self._table.take(values, mode="clip")
        places = np.searchsorted(self._ids, values).clip(max=self._ids.size - 1)
        return np.where(self._ids[places] == values, self._kinds[places], 0)


class CutAxis:
    """Classes of amounts or times: the intervals between the cuts that rules make, half-open."""

    def __init__(self, column: str, cuts: Sequence[int], bits: Sequence[int], words: int) -> None:
        """`bits[i]` are the rules in force in interval i, which ends before `cuts[i]`."""
        self.column = column
        self.words = as_words(bits, words)
        self._cuts = np.array(cuts, dtype=np.int64)

    @property
    def size(self) -> int:
        """How many intervals there are."""
        return len(self.words)

    def classes(self, values: Integers) -> Integers | np.int64:
        """The interval of each value; one number if all are in the same one."""
        ends = np.searchsorted(self._cuts, (values.min(), values.max()), side="right")
        if ends[0] == ends[1]:
            return np.int64(ends[0])
        if self._cuts.size == 1:
            later: Integers = (values >= self._cuts[0]).astype(np.int64)
            return later
        return np.searchsorted(self._cuts, values, side="right")


def as_words(bit_sets: Sequence[int], words: int) -> Words:
    """Bit sets as rows of 64-bit words, lowest bits first."""
    raw = b"".join(bits.to_bytes(words * 8, "little") for bits in bit_sets)
    return np.frombuffer(raw, dtype="<u8").reshape(len(bit_sets), words)


@dataclass(frozen=True, slots=True)
class Rows[T]:
    """The combinations resolved so far; replaced as a whole, never changed."""

    keys: Integers  #: packed combinations, ascending
    row_of_key: Integers
    table: Integers | None  #: row by combination, -1 unresolved
    winners: Integers  #: rule index by row and slot; the number of rules where none matches
    prepared: T  #: what the kernel made of `winners`


class Card[T]:
    """Winning rules by combination, grown as combinations turn up. Safe to share between threads.

    `segments` says which words hold each slot's rules, best first: (first word, words, first rule index).
    `prepare` turns winners[row, slot] into what the kernel gathers from.
    """

    def __init__(
        self,
        axes: Sequence[ValueAxis | CutAxis],
        segments: Sequence[tuple[int, int, int]],
        no_rule: int,
        prepare: Callable[[Integers], T],
    ) -> None:
        self._axes = tuple(axes)
        self._segments = tuple(segments)
        self._no_rule = no_rule
        self._prepare = prepare
        self._lock = threading.Lock()
        self._radix = 1
        for axis in axes:
            self._radix *= axis.size
        if self._radix >= _LARGEST_RADIX:
            raise UnsoundRule(
                "The rules tell apart more combinations than 64 bits can number; name fewer dimensions."
            )
        none = np.zeros(0, dtype=np.int64)
        table = np.full(self._radix, -1, dtype=np.int64) if self._radix <= _LARGEST_TABLE else None
        winners = np.zeros((0, len(self._segments)), dtype=np.int64)
        self._rows = Rows(none, none, table, winners, prepare(winners))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns by which the axes tell lines apart."""
        return tuple(axis.column for axis in self._axes)

    @property
    def combinations(self) -> int:
        """How many combinations have been resolved so far."""
        return len(self._rows.winners)

    def rows(self, columns: Mapping[str, Integers], length: int) -> tuple[Integers, T]:
        """The card row of each line and the tables they point into. `columns` by axis column name."""
        packed: Integers | np.int64 = np.int64(0)
        for axis in self._axes:
            classes = axis.classes(columns[axis.column])
            packed = classes if axis is self._axes[0] else packed * axis.size + classes
        keys = packed if isinstance(packed, np.ndarray) else np.full(length, packed, dtype=np.int64)
        rows = self._rows
        places = _find(rows, keys)
        missing = places < 0
        if missing.any():
            rows = self._resolve(self._distinct(keys[missing]))
            places = _find(rows, keys)
        return places, rows.prepared

    def _distinct(self, keys: Integers) -> Integers:
        """The different combinations among many."""
        if self._radix > _LARGEST_TABLE:
            return np.unique(keys)
        seen = np.zeros(self._radix, dtype=np.bool_)  # much quicker than sorting a million keys
        seen[keys] = True
        return np.flatnonzero(seen)

    def _resolve(self, wanted: Integers) -> Rows[T]:
        """Add combinations and return the enlarged rows."""
        with self._lock:
            rows = self._rows
            keys = wanted[_find(rows, wanted) < 0]  # another thread may have been quicker
            if not keys.size:
                return rows
            won = [self._winners(keys[at : at + _ROWS_AT_ONCE]) for at in range(0, keys.size, _ROWS_AT_ONCE)]
            winners = np.concatenate([rows.winners, *won])
            new_rows = np.arange(len(rows.winners), len(winners))
            all_keys = np.concatenate([rows.keys, keys])
            order = np.argsort(all_keys)
            table = None if rows.table is None else rows.table.copy()
            if table is not None:
                table[keys] = new_rows
            row_of_key = np.concatenate([rows.row_of_key, new_rows])[order]
            self._rows = Rows(all_keys[order], row_of_key, table, winners, self._prepare(winners))
            return self._rows

    def _winners(self, keys: Integers) -> Integers:
        """The best matching rule of every slot for each combination."""
        matching: Words | None = None
        rest = keys
        for axis in reversed(self._axes):
            rest, classes = np.divmod(rest, axis.size)
            words = axis.words[classes]
            matching = words if matching is None else matching & words
        winners = np.full((keys.size, len(self._segments)), self._no_rule, dtype=np.int64)
        if matching is None:
            return winners
        for slot, (first_word, words_used, first_rule) in enumerate(self._segments):
            own = matching[:, first_word : first_word + words_used]
            word = (own != 0).argmax(axis=1)
            bits = own[np.arange(keys.size), word]
            lowest = np.bitwise_count((bits & (~bits + np.uint64(1))) - np.uint64(1)).astype(np.int64)
            winners[:, slot] = np.where(bits != 0, first_rule + word * 64 + lowest, self._no_rule)
        return winners


def _find[T](rows: Rows[T], keys: Integers) -> Integers:
    """The row of each combination, -1 where it has not been resolved."""
    if rows.table is not None:
        return rows.table.take(keys)
    if rows.keys.size == 0:
        return np.full(keys.shape, -1, dtype=np.int64)
    places = np.searchsorted(rows.keys, keys).clip(max=rows.keys.size - 1)
    return np.where(rows.keys[places] == keys, rows.row_of_key[places], -1)
