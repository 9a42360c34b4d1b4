"""Parquet: the same columns as the CSV, with types; read in batches, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow
import pyarrow.parquet

from zhanggui.settlement.intake.formats.errors import HeaderRefused, SourceUnreadable
from zhanggui.settlement.intake.formats.separated import require_columns
from zhanggui.settlement.intake.formats.sources import require_file, truncated
from zhanggui.settlement.intake.formats.zhanggui.columns import COLUMNS, REQUIRED, Kind
from zhanggui.settlement.intake.formats.zhanggui.flat_rows import FlatRow

PARQUET_MAGIC: Final = b"PAR1"
_ROWS_AT_ONCE: Final = 4096


def parquet_rows(path: Path) -> Iterator[FlatRow]:
    """Every row of the file, numbered from 1.

    Raises SourceNotFound, SourceUnreadable, HeaderRefused (also for columns whose type cannot be exact,
    such as a float for money), SourceTruncated.
    """
    require_file(path)
    with path.open("rb") as stream:
        stream.seek(-4, 2)
        if stream.read() != PARQUET_MAGIC:
            raise truncated(path, 0, "a Parquet file ends with its table of contents, and this one does not")
    try:
        source = pyarrow.parquet.ParquetFile(path)
    except (pyarrow.ArrowException, OSError) as error:
        raise SourceUnreadable(f"{path} is not a readable Parquet file: {error}", path=str(path)) from error
    number = 0
    with source:
        _require_schema(path, source.schema_arrow)
        try:
            for batch in source.iter_batches(batch_size=_ROWS_AT_ONCE):
                for values in _exact_times(batch).to_pylist():
                    number += 1
                    filled = {name: value for name, value in values.items() if value is not None}
                    yield FlatRow(number, filled, filled.__repr__)
        except (pyarrow.ArrowException, OSError) as error:
            raise truncated(path, number, str(error)) from error


def _require_schema(path: Path, schema: Any) -> None:
    """Refuse unknown columns and types that cannot be exact. Raises HeaderRefused."""
    require_columns(path, schema.names, required=REQUIRED, allowed=COLUMNS.keys())
    for entry in schema:
        kind = COLUMNS[entry.name].kind
        if not _fits(kind, entry.type):
            raise HeaderRefused(
                f"The column {entry.name} of {path} is of type {entry.type}; it must be {_WANTED[kind]}.",
                path=str(path),
                column=entry.name,
            )


_WANTED: Final = {
    Kind.TEXT: "string",
    Kind.MINOR: "an integer type (whole minor units), not a float or a decimal",
    Kind.COUNT: "an integer type",
    Kind.TIME: "timestamp or string",
}


def _fits(kind: Kind, found: Any) -> bool:
    types = pyarrow.types
    value = found.value_type if types.is_dictionary(found) else found
    if types.is_null(value):
        return True
    is_text = bool(types.is_string(value) or types.is_large_string(value))
    if kind is Kind.TEXT:
        return is_text
    if kind is Kind.TIME:
        return is_text or bool(types.is_timestamp(value))
    return bool(types.is_integer(value))


def _exact_times(batch: Any) -> Any:
    """The batch with its timestamps in microseconds, which is what Python holds and the database stores."""
    columns = [
        column.cast(pyarrow.timestamp("us", tz=column.type.tz), safe=False)
        if pyarrow.types.is_timestamp(column.type)
        else column
        for column in batch.columns
    ]
    return pyarrow.RecordBatch.from_arrays(columns, names=batch.schema.names)
