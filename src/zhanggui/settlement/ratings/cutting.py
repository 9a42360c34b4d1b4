"""Lines from files or the database cut into parts by merchant: a file a take, a batch in it for each part."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection

from zhanggui.rows.transfer import read_columns
from zhanggui.settlement.billing.cumulative import uses_cumulative
from zhanggui.settlement.billing.reading import REACHED, read_lines
from zhanggui.settlement.details.blocks import Ints
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.fees.queries.rule_sets import rule_set_by_id
from zhanggui.settlement.ratings.folder import CUTS, FORMAT, drafted, read_json, write_json
from zhanggui.settlement.ratings.lines import (
    BEFORE,
    KEPT,
    PLACE,
    UNKNOWN,
    Came,
    columns_of,
    joined,
    wanted_columns,
)

LINES_AT_ONCE = 100_000
_SCHEMA = pa.schema([pa.field(name, pa.int64()) for name in KEPT])
_MIXER = np.uint64(0x9E37_79B9_7F4A_7C15)
_WHAT_WAS_SOLD = (
    "select l.line_id, b.cumulative_before from settlement_staged_line l cross join lateral ("
    " select s.cumulative_before from settlement_billed_line s where s.party_id = l.merchant_id"
    f" and s.line_id = l.line_id and s.event_id = 0 offset 0) b where {REACHED} order by 1"
)


@dataclass(frozen=True)
class Cutting:
    """Into how many parts lines are cut, where, and by which rule set all are rated, if not by their own."""

    folder: Path
    parts: int
    rule_set_id: int | None


@dataclass(frozen=True)
class FileTake:
    """Neighbouring row groups of a Parquet file; `first_row` from 1, `place` among all rows of all files."""

    path: Path
    groups: tuple[int, ...]
    first_row: int
    place: int

    def batches(self, cutting: Cutting) -> Iterator[dict[str, Ints]]:
        """This method will yield the lines, checked. Raises LinesRefused."""
        row, rule_set_id = 0, cutting.rule_set_id
        with pq.ParquetFile(self.path) as file:
            names = wanted_columns(file.schema_arrow, rule_set_id)
            for batch in file.iter_batches(LINES_AT_ONCE, row_groups=list(self.groups), columns=names):
                came = Came(str(self.path), self.first_row + row, self.place + row)
                yield columns_of(batch, came, rule_set_id=rule_set_id)
                row += len(batch)


@dataclass(frozen=True)
class BookTake:
    """The lines of a range of orders of one business line that reached their node by `as_of`, as staged."""

    business_line_id: int
    first_order: int
    last_order: int
    as_of: datetime

    def batches(self, cutting: Cutting) -> Iterator[dict[str, Ints]]:
        """This method will yield the lines; one that is billed, and rated as then, keeps what was sold before."""
        line = BusinessLine.objects.get(id=self.business_line_id)
        where = [self.first_order, self.last_order, line.id, self.as_of]
        with connection.cursor() as cursor:
            lines = read_lines(cursor, REACHED, where, line.currency)
            found = dict(lines.columns)
            if cutting.rule_set_id is not None:
                found["rule_set_id"] = np.full(len(lines), cutting.rule_set_id, dtype=np.int64)
            found[BEFORE] = np.full(len(lines), UNKNOWN, dtype=np.int64)
            found[PLACE] = np.full(len(lines), UNKNOWN, dtype=np.int64)
            own = np.unique(found["rule_set_id"]).tolist() if cutting.rule_set_id is None else []
            if any(uses_cumulative(rule_set_by_id(one)) for one in own):
                _set_sold_before(cursor, found, where)
        yield found


def _set_sold_before(cursor: Any, columns: dict[str, Ints], where: list[Any]) -> None:
    sold = read_columns(cursor, _WHAT_WAS_SOLD, [("line_id", "int8"), ("before", "int8")], where)
    if len(sold["line_id"]):
        place = np.searchsorted(sold["line_id"], columns["line_id"])
        place = np.minimum(place, len(sold["line_id"]) - 1)
        hit = sold["line_id"][place] == columns["line_id"]
        columns[BEFORE][hit] = sold["before"][place[hit]]


def cut_take(cutting: Cutting, number: int, take: FileTake | BookTake) -> list[str]:
    """This function will cut one take into parts, unless that was done, and name the files. Raises LinesRefused."""
    place = cutting.folder / CUTS
    told = place / f"take-{number:06}.json"
    done = read_json(told)
    if done is not None:
        return list(done["files"])
    names = []
    for count, columns in enumerate(take.batches(cutting)):
        names.append(f"take-{number:06}-{count:04}.arrow")
        _write(columns, place / names[-1], cutting.parts)
    write_json({"format": FORMAT, "files": names}, told)
    return names


def part_of(merchant: Ints, parts: int) -> Ints:
    """This function will say which part each merchant's lines are in, from 0; neighbouring numbers are spread."""
    mixed = (merchant.astype(np.uint64) * _MIXER) >> np.uint64(32)
    return (mixed % np.uint64(parts)).astype(np.int64)


def _write(columns: dict[str, Ints], path: Path, parts: int) -> None:
    part = part_of(columns["merchant_id"], parts)
    order = np.argsort(part, kind="stable")
    ends = np.cumsum(np.bincount(part, minlength=parts)).tolist()
    whole = pa.record_batch([pa.array(columns[name][order]) for name in KEPT], schema=_SCHEMA)
    with drafted(path) as draft, pa.OSFile(str(draft), "wb") as sink, pa.ipc.new_file(sink, _SCHEMA) as file:
        for start, end in zip([0, *ends[:-1]], ends, strict=True):
            file.write_batch(whole.slice(start, end - start))


def lines_of_part(folder: Path, names: list[str], part: int) -> dict[str, Ints]:
    """This function will return all lines of a part, from 0, as the columns KEPT, in no order."""
    found = []
    for name in names:
        with pa.memory_map(str(folder / CUTS / name)) as source, pa.ipc.open_file(source) as file:
            batch = file.get_batch(part)
            if len(batch):
                found.append({name: np.array(batch.column(name)) for name in KEPT})
    return joined(found)
