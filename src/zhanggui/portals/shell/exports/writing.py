"""Writing an export as a stream: PostgreSQL makes the CSV, and nothing but a buffer is ever in memory."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from zhanggui.portals.shell.exports.columns import Column, Kind, Table

type Progress = Callable[[int], None]

_STEP = 5_000
_GROUP_ROWS = 65_536
_READ_BYTES = 1 << 22
_ISO = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'


def query_of(table: Table) -> str:
    """The query behind a table, every column as text that `kind` describes."""
    columns = ", ".join(f'{_rendered(column)} as "{column.name}"' for column in table.columns)
    return f"select {columns} from {table.source} order by {table.order}"


def _rendered(column: Column) -> str:
    if column.kind is Kind.TIME:
        return f"to_char({column.sql} at time zone 'UTC', '{_ISO}')"
    return column.sql


def write_export(table: Table, path: Path, kind: str, progress: Progress) -> int:
    """Write one table to `path`, whole or not at all, from one snapshot; the number of its rows.

    An existing file is replaced. Raises OSError when it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        count = _WRITERS[kind](table, draft, progress)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return count


def _copy_out(table: Table, consume: Callable[[Any], None]) -> int:
    """Run a table's query, hand its COPY as CSV to `consume`, and return the number of rows."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local timezone to 'UTC'")
        cursor.execute("set local datestyle to 'ISO'")
        with cursor.copy(f"copy ({query_of(table)}) to stdout (format csv, header true)") as copy:
            consume(copy)
        return int(cursor.rowcount)


def _write_csv(table: Table, path: Path, progress: Progress) -> int:
    """UTF-8 without a byte order mark, texts as they came in."""
    with path.open("wb") as file:

        def consume(copy: Any) -> None:
            for count, block in enumerate(copy):  # a message is a row, near enough for a progress bar
                file.write(block)
                if count % _STEP == _STEP - 1:
                    progress(_STEP)

        return _copy_out(table, consume)


def _write_parquet(table: Table, path: Path, progress: Progress) -> int:
    """Whole numbers and amounts as int64, days as date32, times as timestamps in UTC, texts as strings."""
    import pyarrow
    import pyarrow.csv
    import pyarrow.parquet

    types = {
        Kind.TEXT: pyarrow.string(),
        Kind.WHOLE: pyarrow.int64(),
        Kind.MINOR: pyarrow.int64(),
        Kind.DAY: pyarrow.date32(),
        Kind.TIME: pyarrow.timestamp("us", tz="UTC"),
    }
    schema = pyarrow.schema([(column.name, types[column.kind]) for column in table.columns])
    convert = pyarrow.csv.ConvertOptions(
        column_types=schema, strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""]
    )
    with pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:

        def consume(copy: Any) -> None:
            reader = pyarrow.csv.open_csv(
                pyarrow.PythonFile(_Blocks(copy), mode="r"),
                read_options=pyarrow.csv.ReadOptions(block_size=_READ_BYTES),
                parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
                convert_options=convert,
            )
            for batch in reader:
                writer.write_batch(batch, row_group_size=_GROUP_ROWS)
                progress(batch.num_rows)

        return _copy_out(table, consume)


class _Blocks:
    """The blocks of a COPY as a file that can only be read forward."""

    closed = False

    def __init__(self, copy: Any) -> None:
        self._blocks = iter(copy)
        self._held = bytearray()

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._held) < size:
            block = next(self._blocks, None)
            if block is None:
                break
            self._held += block
        size = len(self._held) if size < 0 else size
        given = bytes(self._held[:size])
        del self._held[:size]
        return given

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self.closed = True


_WRITERS = {"csv": _write_csv, "parquet": _write_parquet}
