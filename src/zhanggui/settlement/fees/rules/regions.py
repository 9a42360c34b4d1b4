"""The space of everything an order line can be, cut into classes along each axis; and searches in it.

A condition (of a rule or a free entry) is a box: a set of classes on every axis. Bit i of a bit set stands
for condition i. Searches go axis by axis and keep the conditions still alive, so that the product of all
classes is never written out.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from zhanggui.settlement.fees.rules.document import DIMENSIONS, Condition, RuleSet
from zhanggui.settlement.fees.rules.space import interval_bits, value_bits

#: Shown for a value that no rule names, and for a line without a value.
OTHER: Final = "(any other)"
_LARGEST_SEARCH: Final = 200_000  # steps


class SearchTooLarge(Exception):
    """A search came to its limit; the question stays open."""


@dataclass(frozen=True, slots=True)
class Universe:
    """The values to check a rule set against: codes by dimension, and parent category by category code.

    A dimension with values is closed: lines have one of these. One without is open: lines may also have a
    value that no rule names, or none.
    """

    values: Mapping[str, Collection[str]] = field(default_factory=dict)
    parents: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind:
    """One class on an axis: the conditions it meets, and a value that stands for it."""

    bits: int
    example: str | int


class Axis:
    """A dimension, the time or the order amount.

    `always` and `ever` are the conditions that every class, and some class, meets.
    """

    def __init__(self, name: str, kinds: Sequence[Kind]) -> None:
        self.name = name
        self.kinds = tuple(kinds)
        self.always, self.ever = -1, 0
        for kind in self.kinds:
            self.always &= kind.bits
            self.ever |= kind.bits


type Example = dict[str, str | int]


class Region:
    """The whole space of a rule set: its rules first, then its free entries, as conditions 0, 1, 2, ..."""

    def __init__(self, rule_set: RuleSet, universe: Universe) -> None:
        conditions = [*(rule.when for rule in rule_set.rules), *(entry.when for entry in rule_set.free)]
        axes = [_dimension_axis(name, conditions, universe) for name in DIMENSIONS]
        axes += [_time_axis(rule_set), _order_axis(conditions)]
        # Axes that tell nothing apart are left out; few classes first keeps searches small.
        self.axes = sorted((axis for axis in axes if len(axis.kinds) > 1), key=lambda axis: len(axis.kinds))
        self.applicable = (1 << len(conditions)) - 1
        for axis in axes:
            self.applicable &= axis.ever
        self._meeting = [_meeting(axis) for axis in self.axes]

    def meeting(self, condition: int) -> int:
        """The conditions (bits) whose boxes share a point with this one's, itself included."""
        bits = self.applicable
        for axis, meeting in zip(self.axes, self._meeting, strict=True):
            bits &= meeting.get(condition, axis.ever)
        return bits

    def inside(self, condition: int) -> list[Axis]:
        """The axes cut down to a condition's box."""
        bit = 1 << condition
        return [Axis(axis.name, [kind for kind in axis.kinds if kind.bits & bit]) for axis in self.axes]

    def inside_both(self, one: int, other: int) -> Example:
        """A point that two meeting conditions share."""
        both = 1 << one | 1 << other
        return {
            axis.name: next(kind.example for kind in axis.kinds if kind.bits & both == both)
            for axis in self.axes
        }


def uncovered_point(axes: Sequence[Axis], covering: int) -> Example | None:
    """A point that none of the `covering` conditions meets, None if they cover everything.

    Raises SearchTooLarge.
    """
    certain = always_from(axes)
    memo = Memo()

    def search(place: int, alive: int) -> Example | None:
        if alive & certain[place]:
            return None
        if not alive:
            return {axis.name: axis.kinds[0].example for axis in axes[place:]}
        if not memo.is_new(place, alive):
            return None  # searched before, in vain: else the search would have ended
        for kind in different(axes[place].kinds, alive):
            found = search(place + 1, alive & kind.bits)
            if found is not None:
                return {axes[place].name: kind.example} | found
        return None

    return search(0, covering)


class Memo:
    """Where a search has been: (axis, what was alive). Raises SearchTooLarge when there is no end to it."""

    def __init__(self) -> None:
        self._seen: set[tuple[int, int]] = set()

    def is_new(self, place: int, alive: int) -> bool:
        """Whether the search comes here for the first time."""
        if (place, alive) in self._seen:
            return False
        if len(self._seen) >= _LARGEST_SEARCH:
            raise SearchTooLarge
        self._seen.add((place, alive))
        return True


def always_from(axes: Sequence[Axis]) -> list[int]:
    """For each axis, the conditions met whatever the line is on it and on those after it; all at the end."""
    certain = [-1]
    for axis in reversed(axes):
        certain.append(certain[-1] & axis.always)
    return certain[::-1]


def each_bit(bits: int) -> Iterator[int]:
    """The numbers of the conditions in a bit set, ascending."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def different(kinds: Sequence[Kind], alive: int) -> list[Kind]:
    """One class for every different effect on what is alive."""
    return list({kind.bits & alive: kind for kind in reversed(kinds)}.values())[::-1]


def _meeting(axis: Axis) -> dict[int, int]:
    """For conditions that restrict the axis: all conditions they meet on it."""
    always = axis.always
    meeting: dict[int, int] = {}
    for kind in axis.kinds:
        for condition in each_bit(kind.bits & ~always):
            meeting[condition] = meeting.get(condition, 0) | kind.bits
    return meeting


def _dimension_axis(name: str, conditions: Sequence[Condition], universe: Universe) -> Axis:
    """The classes of a dimension's values."""
    named = [condition.codes(name) for condition in conditions]
    parents = universe.parents if name == "category" else {}
    closed = universe.values.get(name) or ()
    met = value_bits(named, parents, closed)
    examples = {met[code]: code for code in sorted(closed or met, reverse=True)}
    if not closed:
        other = sum(1 << place for place, codes in enumerate(named) if codes is None)
        examples.setdefault(other, OTHER)
    return Axis(name, [Kind(bits, example) for bits, example in examples.items()])


def _time_axis(rule_set: RuleSet) -> Axis:
    """The spans of days between changes, from the begin of the set on; a span stands under its first day."""
    begin = rule_set.effective_from.toordinal()
    bounds: list[tuple[int | None, int | None]] = [
        (
            max(rule.effective_from.toordinal(), begin),
            max(rule.effective_before.toordinal(), begin) if rule.effective_before else None,
        )
        for rule in rule_set.rules
    ]
    bounds += [(begin, None)] * (len(rule_set.free) + 1)  # the last one only cuts at the begin
    cuts, bits = interval_bits(bounds)
    last = ~(1 << (len(bounds) - 1))
    examples: dict[int, str] = {}
    for cut, its in zip(cuts, bits[1:], strict=True):
        examples.setdefault(its & last, datetime.date.fromordinal(cut).isoformat())
    return Axis("ordered on", [Kind(its, day) for its, day in examples.items()])


def _order_axis(conditions: Sequence[Condition]) -> Axis:
    """The bands of order amounts (minor units), each under its lowest amount."""
    cuts, bits = interval_bits([(condition.order_from, condition.order_before) for condition in conditions])
    examples: dict[int, int] = {}
    for low, its in zip([0, *cuts], bits, strict=True):
        examples.setdefault(its, low)
    return Axis("order_amount", [Kind(its, low) for its, low in examples.items()])
