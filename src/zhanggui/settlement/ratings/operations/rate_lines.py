"""Rate many order lines into a folder of files, beside the books."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from zhanggui.rows.reading import rows_of
from zhanggui.settlement.archives.files import sha256_of
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.fees.models import RuleSetVersion
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.ratings.cutting import LINES_AT_ONCE, BookTake, Cutting, FileTake, cut_take
from zhanggui.settlement.ratings.errors import LinesRefused
from zhanggui.settlement.ratings.folder import FORMAT, draft_of, finish, plan_kept
from zhanggui.settlement.ratings.lines import refuse_layout
from zhanggui.settlement.ratings.rating import rate_part

LINES_A_PART, PARTS_MOST = 50_000, 4_096
ORDERS_AT_ONCE = 50_000


class Hands(Protocol):
    """Who does the pieces: gives their results in order."""

    def __call__[T](self, pieces: Iterable[Callable[[], T]], /) -> Iterator[T]: ...


def in_turn[T](pieces: Iterable[Callable[[], T]], /) -> Iterator[T]:
    """This function will do the pieces here, one after the other."""
    return (piece() for piece in pieces)


class FileLines:
    """Order lines from Parquet files, all rated by one rule set if `rule_set_id` is given, else by their own."""

    def __init__(self, paths: Sequence[Path], *, rule_set_id: int | None = None) -> None:
        self.rule_set_id = rule_set_id
        self._paths = [path.resolve() for path in paths]

    def described(self) -> tuple[dict[str, Any], int]:
        """This method will say what is to be rated, as a plan keeps it, and how many rows it is. Raises LinesRefused
        for a file that is none, or lacks a column."""
        files, rows = [], 0
        for path in self._paths:
            try:
                with pq.ParquetFile(path) as file:
                    refuse_layout(file.schema_arrow, str(path), rule_set_id=self.rule_set_id)
                    count = file.metadata.num_rows
            except (OSError, pa.ArrowInvalid) as failed:
                raise LinesRefused(f"{path} cannot be read as Parquet ({failed})", file=str(path)) from failed
            files.append({"name": path.name, "rows": count, "sha256": sha256_of(path)})
            rows += count
        return {"files": files}, rows

    def takes(self) -> Iterator[FileTake]:
        """This method will yield some neighbouring row groups at a time."""
        place = 0
        for path in self._paths:
            with pq.ParquetFile(path) as file:
                counts = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
            groups, first, held = [], 1, 0
            for number, count in enumerate(counts):
                groups.append(number)
                held += count
                if held >= LINES_AT_ONCE or number == len(counts) - 1:
                    yield FileTake(path, tuple(groups), first, place)
                    groups, first, place, held = [], first + held, place + held, 0


class StagedOrders:
    """The order lines of a business line that reached their billing node by `as_of`, billed or not."""

    def __init__(self, line: BusinessLine, *, as_of: datetime, rule_set_id: int | None = None) -> None:
        self.rule_set_id = rule_set_id
        self._line, self._as_of = line, as_of
        [found] = rows_of(
            "select count(*) as lines, coalesce(min(order_id), 0) as first, coalesce(max(order_id), -1) as latest"
            " from settlement_staged_line where business_line_id = %s and billable_at <= %s",
            [line.id, as_of],
        )
        self._lines, self._first, self._latest = found["lines"], found["first"], found["latest"]

    def described(self) -> tuple[dict[str, Any], int]:
        """This method will say what is to be rated, as a plan keeps it, and how many lines it is."""
        lines = {"business_line": self._line.code, "as_of": self._as_of.isoformat(), "lines": self._lines}
        return lines, self._lines

    def takes(self) -> Iterator[BookTake]:
        """This method will yield some orders at a time."""
        for start in range(self._first, self._latest + 1, ORDERS_AT_ONCE):
            latest = min(start + ORDERS_AT_ONCE - 1, self._latest)
            yield BookTake(self._line.id, start, latest, self._as_of)


def rate_lines(
    *, source: FileLines | StagedOrders, into: Path, zone: tzinfo, hands: Hands = in_turn, parts: int | None = None,
    progress: Callable[[int], None] = lambda lines: None,
) -> dict[str, Any]:  # fmt: skip
    """This function will rate order lines into the folder `into`, which must not exist, and return its manifest.

    All lines of a merchant are in one part, whose file is the same to the byte whoever rates it, in whatever order
    the lines came. Nothing but the folder is written; it has its name when all is there. Killed, it goes on where
    it was when it is called again. Memory is bounded by `hands` times a part, or the largest merchant. Raises
    FolderTaken, RatingRunning, LinesRefused, UnknownRuleSet, and the kernel's refusals.
    """
    place = into.resolve()
    described, rows = source.described()
    with draft_of(place) as draft:
        count = parts or min(max(-(-rows // LINES_A_PART), 1), PARTS_MOST)
        plan_kept(draft, {"format": FORMAT, "from": described, "parts": count, "rule_set_id": source.rule_set_id,
                          "time_zone": str(zone)})  # fmt: skip
        cutting = Cutting(draft, count, source.rule_set_id)
        takes: Iterator[FileTake | BookTake] = iter(source.takes())
        cut = hands(partial(cut_take, cutting, number, take) for number, take in enumerate(takes))
        names = list(chain.from_iterable(cut))
        rated = []
        for part in hands(partial(rate_part, draft, names, number, zone) for number in range(count)):
            rated.append(part)
            progress(part["lines"])
        manifest = _manifest(rated)
        finish(draft, place, manifest)
    return manifest


def _manifest(parts: list[dict[str, Any]]) -> dict[str, Any]:
    fees = {number for part in parts for number in part["fees"]}
    sets = {number for part in parts for number in part["rule_sets"]}
    known = catalogue().by_id
    return {
        "format": FORMAT,
        **{
            name: sum(part[name] for part in parts) for name in ("lines", "copies", "billed_lines", "details")
        },
        "fees": {str(number): known[number].code for number in sorted(fees)},
        "rule_sets": {
            str(row.id): {"code": row.code, "version": row.version, "digest": bytes(row.digest).hex()}
            for row in RuleSetVersion.objects.filter(id__in=sets).order_by("id")
        },
        "parts": [
            {name: value for name, value in part.items() if name not in ("fees", "rule_sets")}
            for part in parts
        ],
    }
