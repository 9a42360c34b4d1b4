"""What the kernel needs from a place rows come from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from zhanggui.portals.desk.lists.conditions import Clause
from zhanggui.portals.desk.lists.cursors import Cursor, Sort


@dataclass(frozen=True, slots=True)
class Totals:
    """Count and sums over the whole filter, never over one page."""

    count: int
    sums: Mapping[str, int]


class Source(Protocol):
    """Rows that can be filtered, sorted, paged by key and added up. Rows are read by attribute."""

    key: str

    def rows(
        self, where: Sequence[Clause], sort: Sort, *, after: Cursor | None, backward: bool, limit: int
    ) -> list[Any]:
        """At most `limit` rows after (or, `backward`, before) the cursor, always in `sort` order."""

    def rows_by_id(self, where: Sequence[Clause], ids: Sequence[str]) -> list[Any]:
        """The rows with these ids that also satisfy `where`."""

    def totals(self, where: Sequence[Clause], sums: Sequence[str]) -> Totals:
        """Count and sums of the fields over `where`."""

    def counts_by(self, where: Sequence[Clause], field: str) -> dict[Any, int]:
        """Rows per value of `field`, for status tabs."""

    def stream(self, where: Sequence[Clause], sort: Sort) -> Iterator[Any]:
        """Every row of `where`, in order, without holding them all in memory."""

    def fingerprint(self, where: Sequence[Clause]) -> str:
        """Text that is equal only for the same question, including all bound values."""
