"""Which of the three files it is, by its content, and its records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from zhanggui.money.currencies import currency_of
from zhanggui.settlement.intake.formats.separated import read_rows
from zhanggui.settlement.intake.formats.sources import BREAKS, open_source, truncated
from zhanggui.settlement.intake.formats.zhanggui.columns import COLUMNS, REQUIRED
from zhanggui.settlement.intake.formats.zhanggui.flat_rows import FlatReader, FlatRow
from zhanggui.settlement.intake.formats.zhanggui.json_lines import read_json_lines
from zhanggui.settlement.intake.formats.zhanggui.parquet import PARQUET_MAGIC, parquet_rows
from zhanggui.settlement.intake.records import Record

_BLANK: Final = b" \t\r\n\xef\xbb\xbf"


def read_zhanggui(path: Path, *, tz: ZoneInfo, currency: str) -> Iterator[Record]:
    """Yield the records of a CSV, JSON lines (both also as gzip) or Parquet file; times without a zone are
    read in `tz`, money must be in `currency`.

    `row` is the line of the file (CSV: the header is row 1), in Parquet the row. Raises UnknownCurrency,
    SourceNotFound, SourceUnreadable, SourceEmpty, HeaderRefused, and SourceTruncated after the last
    complete record.
    """
    currency_of(currency)
    begins = _beginning(path)
    if begins.startswith(PARQUET_MAGIC):
        yield from FlatReader(tz, currency).records(parquet_rows(path))
    elif begins.lstrip(_BLANK).startswith(b"{"):
        yield from read_json_lines(path, tz=tz, currency=currency)
    else:
        yield from FlatReader(tz, currency).records(_csv_rows(path))


def _beginning(path: Path) -> bytes:
    """The first bytes, unpacked. Raises SourceNotFound, SourceUnreadable, SourceEmpty, SourceTruncated."""
    with open_source(path) as stream:
        try:
            return stream.read(64)
        except BREAKS as error:
            raise truncated(path, 0, str(error)) from error


def _csv_rows(path: Path) -> Iterator[FlatRow]:
    positions, rows = read_rows(path, required=REQUIRED, allowed=COLUMNS.keys())
    names = list(positions)
    order_at = positions.get("order_no", -1)
    for row in rows:
        if row.fault:
            # A quote before the number would shift the cells, so then the order counts as untold.
            told = 0 <= order_at < len(row.cells) and not any('"' in cell for cell in row.cells[:order_at])
            guess = row.cells[order_at].strip().strip('"') if told else ""
            order_no = "" if "\ufffd" in guess else guess
            yield FlatRow(row.number, {}, row.raw, row.fault, row.code, order_no)
        else:
            values = {name: cell for name, cell in zip(names, row.cells, strict=True) if cell}
            yield FlatRow(row.number, values, row.raw)
