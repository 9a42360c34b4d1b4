"""Records written in the format; what is written reads back as the same records.

Rejects and notes are not written: they say something about another source.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import batched, zip_longest
from pathlib import Path
from typing import Any, Final, TextIO

import pyarrow
import pyarrow.parquet

from zhanggui.settlement.intake.formats.errors import OptionRefused
from zhanggui.settlement.intake.formats.zhanggui.columns import COLUMNS, Kind
from zhanggui.settlement.intake.records import (
    DimensionRecord,
    LineRecord,
    OrderRecord,
    PartyRecord,
    PaymentRecord,
    Record,
    RefundRecord,
)

_ROWS_AT_ONCE: Final = 20_000
_TYPES: Final = {
    Kind.TEXT: pyarrow.string(),
    Kind.MINOR: pyarrow.int64(),
    Kind.COUNT: pyarrow.int64(),
    Kind.TIME: pyarrow.timestamp("us", tz="UTC"),
}


def write_zhanggui(path: Path, records: Iterable[Record], *, currency: str) -> int:
    """Write the records to `path` by the ending of its name: .csv, .jsonl (also with .gz), .parquet.

    Returns how many rows were written. The same records give the same bytes. Raises OptionRefused for
    another ending.
    """
    ending = path.name.removesuffix(".gz").rpartition(".")[2]
    if ending == "csv":
        return _write_csv(path, records, currency)
    if ending in ("jsonl", "ndjson"):
        return _write_json_lines(path, records, currency)
    if path.suffix == ".parquet":
        return _write_parquet(path, records, currency)
    raise OptionRefused(f"{path} must end in .csv, .jsonl, .csv.gz, .jsonl.gz or .parquet.", path=str(path))


def _write_csv(path: Path, records: Iterable[Record], currency: str) -> int:
    count = 0
    with _text_file(path) as stream:
        writer = csv.DictWriter(stream, COLUMNS.keys(), lineterminator="\n")
        writer.writeheader()
        for row in _flat_rows(records, currency):
            writer.writerow({name: _plain(value) for name, value in row.items()})
            count += 1
    return count


def _write_parquet(path: Path, records: Iterable[Record], currency: str) -> int:
    schema = pyarrow.schema([(column.name, _TYPES[column.kind]) for column in COLUMNS.values()])
    count = 0
    with pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for rows in batched(_flat_rows(records, currency), _ROWS_AT_ONCE, strict=False):
            writer.write_table(pyarrow.Table.from_pylist(list(rows), schema=schema))
            count += len(rows)
    return count


def _write_json_lines(path: Path, records: Iterable[Record], currency: str) -> int:
    count = 0
    with _text_file(path) as stream:
        for record in records:
            found = _object(record, currency)
            if found is not None:
                plain = {key: _plain(value) for key, value in found.items()}
                stream.write(json.dumps(plain, ensure_ascii=False) + "\n")
                count += 1
    return count


@contextmanager
def _text_file(path: Path) -> Iterator[TextIO]:
    """A UTF-8 file, packed if its name ends in .gz; without a time inside, so that bytes repeat."""
    with path.open("wb") as raw:
        if path.suffix != ".gz":
            with io.TextIOWrapper(raw, "utf-8", newline="") as text:
                yield text
            return
        with (
            gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as packed,
            io.TextIOWrapper(packed, "utf-8", newline="") as text,
        ):
            yield text


def _flat_rows(records: Iterable[Record], currency: str) -> Iterator[dict[str, Any]]:
    """One row for every line or payment of an order, whichever are more; one for every other record."""
    for record in records:
        found = _object(record, currency)
        if found is None:
            continue
        lines, payments = found.pop("lines", []), found.pop("payments", [])
        if not lines and not payments:
            yield found
        for line, payment in zip_longest(lines, payments, fillvalue=None):
            paid = {f"pay_{key}": value for key, value in (payment or {}).items()}
            yield found | (line or {}) | paid


def _object(record: Record, currency: str) -> dict[str, Any] | None:
    """The record as filled keys in the order of the columns; None for rejects and notes."""
    match record:
        case OrderRecord():
            head = _filled("order", record, currency)
            head["lines"] = [_line(line) for line in record.lines]
            head["payments"] = [_payment(payment) for payment in record.payments]
            return head
        case RefundRecord():
            return _filled("refund", record, currency)
        case PartyRecord() | DimensionRecord():
            names = {f"name_{language}": name for language, name in record.names.items()}
            return _filled("party" if isinstance(record, PartyRecord) else "dimension", record) | names
    return None


def _filled(kind: str, record: Any, currency: str = "") -> dict[str, Any]:
    """The attributes that are columns and hold something; amounts under their names with `_minor`."""
    found: dict[str, Any] = {"record": kind}
    if currency:
        found["currency"] = currency
    for name, column in COLUMNS.items():
        value = getattr(record, name.removesuffix("_minor") if column.kind is Kind.MINOR else name, None)
        if value is True:
            found[name] = "yes"
        elif value is not False and value not in (None, ""):
            found[name] = value
    return found


def _line(line: LineRecord) -> dict[str, Any]:
    found = _filled("", line)
    del found["record"]
    return {name: value for name, value in found.items() if value != 0 or name in ("goods_minor", "quantity")}


def _payment(payment: PaymentRecord) -> dict[str, Any]:
    found = {
        "sequence": payment.sequence,
        "method": payment.method,
        "amount_minor": payment.amount,
        "instalments": payment.instalments,
        "reference": payment.reference,
        "channel_number": payment.channel_number,
    }
    return {name: value for name, value in found.items() if value or name == "amount_minor"}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
