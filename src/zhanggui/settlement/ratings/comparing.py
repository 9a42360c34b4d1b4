"""Rated details held against what the same lines were billed as."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from zhanggui.rows.reading import rows_of
from zhanggui.rows.transfer import array_text
from zhanggui.settlement.details.queries import WHOLE_LINES
from zhanggui.settlement.ratings.rating import ARRAYS

ROWS_AT_ONCE = 5_000
DIFFERENCES_MAX = 20
_COMPARED = (
    "rule_set_id",
    "entity_id",
    "mode",
    "quantity",
    "cumulative_before",
    "whole",
    "currency",
    *ARRAYS,
)
_KEY = ("party_id", "line_id", "merchant_id")

# All that these sales were billed as: of the parties rated, and of whoever has a part in the staged line.
_BILLED = f"""
with rated as (select * from unnest(%s::bigint[], %s::bigint[], %s::bigint[]) as k(party_id, line_id, merchant_id)),
wanted as (
  select party_id, line_id, merchant_id from rated
  union select e.party_id, l.line_id, l.merchant_id from (select distinct line_id, merchant_id from rated) k
  join settlement_staged_line l on l.merchant_id = k.merchant_id and l.line_id = k.line_id
  cross join lateral (values (l.merchant_id), (l.supplier_id), (l.carrier_id)) as e(party_id) where e.party_id > 0)
select b.party_id, b.line_id, b.merchant_id, {", ".join(f"b.{name}" for name in _COMPARED)}
from wanted w join {WHOLE_LINES} b on b.party_id = w.party_id and b.line_id = w.line_id and b.event_id = 0
 and b.merchant_id = w.merchant_id and b.kind = 1
"""


@dataclass
class Compared:
    """What holding rated lines of parties against the books found; `not_billed` are in files and not in the books."""

    lines: int = 0
    equal: int = 0
    not_billed: int = 0
    different: int = 0
    shown: list[dict[str, Any]] = field(default_factory=list)

    def add(self, other: "Compared") -> None:
        """This method will count another's findings with these."""
        self.lines += other.lines
        self.equal += other.equal
        self.not_billed += other.not_billed
        self.different += other.different
        self.shown = (self.shown + other.shown)[:DIFFERENCES_MAX]

    def differs(self, line: str, **what: Any) -> None:
        """This method will count a difference, and keep it if it is among the first."""
        self.different += 1
        if len(self.shown) < DIFFERENCES_MAX:
            self.shown.append({"line": line, **what})


def compare_part(path: Path) -> Compared:
    """This function will hold the billed lines of a part's file against those of the books."""
    found = Compared()
    with pq.ParquetFile(path) as file:
        for rated in _of_whole_lines(file):
            _compare(rated, found)
    return found


def _of_whole_lines(file: pq.ParquetFile) -> Iterator[list[dict[str, Any]]]:
    """Some rows at a time, all parties of a line together."""
    left: list[dict[str, Any]] = []
    for batch in file.iter_batches(ROWS_AT_ONCE, columns=[*_KEY, *_COMPARED]):
        rows = left + pa.Table.from_batches([batch]).to_pylist()
        last = (rows[-1]["merchant_id"], rows[-1]["line_id"])
        cut = next(
            (at for at in range(len(rows), 0, -1) if (rows[at - 1]["merchant_id"], rows[at - 1]["line_id"]) != last),
            0,
        )  # fmt: skip
        if cut:
            yield rows[:cut]
        left = rows[cut:]
    if left:
        yield left


def _compare(rated: list[dict[str, Any]], found: Compared) -> None:
    keys = [array_text(row[name] for row in rated) for name in _KEY]
    billed = {tuple(row[name] for name in _KEY): row for row in rows_of(_BILLED, keys)}
    in_books = {(row["merchant_id"], row["line_id"]) for row in billed.values()}
    for row in rated:
        found.lines += 1
        own = billed.pop(tuple(row[name] for name in _KEY), None)
        line = f"{row['party_id']}-{row['line_id']}-0"
        if own is not None:
            differing = {
                name: {"rated": row[name], "billed": own[name]}
                for name in _COMPARED
                if row[name] != own[name]
            }
            if differing:
                found.differs(line, **differing)
            else:
                found.equal += 1
        elif (row["merchant_id"], row["line_id"]) in in_books:
            found.differs(line, missing="the line is billed, and not for this party")
        else:
            found.not_billed += 1
    for party_id, line_id, _ in billed:
        found.differs(f"{party_id}-{line_id}-0", missing="billed for this party, and not rated for it")
