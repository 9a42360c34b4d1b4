"""A list in the order of time is read from its end, in spans that grow until the page is full."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from zhanggui.portals.desk.lists.conditions import Clause, Condition
from zhanggui.portals.desk.lists.cursors import Cursor

WIDEST = 16  # times as wide as the span before, where that one held nothing


@dataclass(frozen=True, slots=True)
class Steps:
    """How a list is read that is ordered by `field`, a day or a moment that is never null.

    To show fifty rows PostgreSQL would sort all that the filter leaves, millions of them. Instead the first span
    is as wide as `first`, from the end where the list begins, and the next ones follow it, wider where little was
    found. The last one has no end, so that rows beyond what `ends` says, the earliest and the latest value, are met
    too. `ends` gives None where the table is empty.
    """

    field: str
    first: timedelta
    ends: Callable[[], tuple[Any, Any] | None]


@dataclass
class Walk:
    """The spans of one page, as conditions; whoever reads them says after each how many rows were found."""

    steps: Steps
    where: Sequence[Clause]
    cursor: Cursor | None
    descending: bool
    wanted: int
    found: int = 0

    def spans(self) -> Iterator[list[Clause]]:
        """The conditions of each span, the latest first when `descending`, until `wanted` rows are found."""
        near_op, far_op = ("lt", "gte") if self.descending else ("gte", "lt")
        edge, end = self._from_to()
        way = -1 if self.descending else 1
        width, before = self.steps.first, 0
        # Whoever reads also asks for what comes behind the cursor's row; this is what the index can find.
        near = [Condition(self.steps.field, "lte" if self.descending else "gte", edge)] if self.cursor else []
        while edge is not None and end is not None:
            far = edge + way * width
            if (far <= end) if self.descending else (far >= end):
                break
            yield [*near, Condition(self.steps.field, far_op, far)]  # type: ignore[list-item]
            if self.found >= self.wanted:
                return
            got, before = self.found - before, self.found
            width *= min(WIDEST, max(2, 2 * (self.wanted - self.found) // got)) if got else WIDEST
            edge, near = far, [Condition(self.steps.field, near_op, far)]  # type: ignore[list-item]
        yield list(near)

    def _from_to(self) -> tuple[Any, Any]:
        """Where the first span begins, and where none need begin any more."""
        bounds = [one for one in self.where if isinstance(one, Condition) and one.field == self.steps.field]
        low = max((one.value for one in bounds if one.op in ("gte", "gt", "eq")), default=None)
        high = min((one.value for one in bounds if one.op in ("lte", "lt", "eq")), default=None)
        if self.cursor is not None:
            low, high = (low, self.cursor.value) if self.descending else (self.cursor.value, high)
        ends = self.steps.ends()
        if ends is None:
            return None, None
        low, high = max(low or ends[0], ends[0]), min(high or ends[1], ends[1])
        if self.cursor is not None:
            return (self.cursor.value, low) if self.descending else (self.cursor.value, high)
        return (high, low) if self.descending else (low, high)
