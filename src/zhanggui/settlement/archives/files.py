"""Files of an archive: Parquet tables, and JSON documents that name them with their SHA-256.

`chunk-0001.json` is written when the Parquet files of a chunk are on the disk, `manifest.json` when all chunks are,
and the folder has its name only then: whatever is found under its name is whole.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection

from zhanggui.money.currencies import exponent_of
from zhanggui.settlement.archives.errors import ArchiveDamaged

FORMAT = "zhanggui.archive/1"
MANIFEST = "manifest.json"
ROWS_AT_ONCE = 10_000
"""Rows of a row group: what is in memory at a time."""

# PostgreSQL's types by their number.
_TYPES = {
    16: pa.bool_(), 17: pa.binary(), 20: pa.int64(), 21: pa.int16(), 23: pa.int32(), 25: pa.string(),
    1043: pa.string(), 1082: pa.date32(), 1184: pa.timestamp("us", tz="UTC"), 1007: pa.list_(pa.int32()),
    1016: pa.list_(pa.int64()),
}  # fmt: skip


@dataclass(frozen=True)
class Written:
    """A file as a document names it."""

    name: str
    table: str
    rows: int
    size_bytes: int
    sha256: str


def write_table(query: str, path: Path, table: str, currencies: list[str]) -> Written:
    """This function will stream a query into a Parquet file, a row group at a time, in the caller's transaction.

    Amounts are int64 in minor units; the schema's metadata says of each currency how many decimals those are.
    """
    about = {"format": FORMAT, "table": table, "amounts": "int64, minor units of the row's currency",
             "exponents": {code: exponent_of(code) for code in currencies}}  # fmt: skip
    draft, rows = path.with_suffix(".draft"), 0
    with connection.chunked_cursor() as cursor:
        cursor.execute(query)
        schema = pa.schema(
            [pa.field(one.name, _TYPES[one.type_code]) for one in cursor.description or ()],
            metadata={"zhanggui": orjson.dumps(about)},
        )
        with pq.ParquetWriter(draft, schema, compression="zstd") as writer:
            while found := cursor.fetchmany(ROWS_AT_ONCE):
                columns = [
                    pa.array(_plain(values, field.type), type=field.type)
                    for values, field in zip(zip(*found, strict=True), schema, strict=True)
                ]
                writer.write_table(pa.Table.from_arrays(columns, schema=schema))
                rows += len(found)
    settle(draft, path)
    return Written(path.name, table, rows, path.stat().st_size, sha256_of(path))


def _plain(values: tuple[Any, ...], kind: Any) -> Any:
    return [None if one is None else bytes(one) for one in values] if pa.types.is_binary(kind) else values


def write_document(document: dict[str, Any], path: Path) -> None:
    """This function will put a JSON document on the disk, whole or not at all."""
    draft = path.with_suffix(".draft")
    draft.write_bytes(orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2))
    settle(draft, path)


def settle(draft: Path, path: Path) -> None:
    """This function will give what is finished its name, on the disk for good."""
    for place in (draft, path.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if place == draft:
            draft.rename(path)


def sha256_of(path: Path) -> str:
    """This function will return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def document(path: Path) -> dict[str, Any]:
    """This function will read a chunk's document or a manifest. Raises ArchiveDamaged."""
    try:
        found: dict[str, Any] = orjson.loads(path.read_bytes())
        if found["format"] != FORMAT:
            raise ArchiveDamaged(f"{path} is of the format {found['format']!r}, this version reads {FORMAT}")
    except (OSError, ValueError, KeyError, TypeError) as failed:
        raise ArchiveDamaged(
            f"{path} cannot be read ({failed}); put the file back from a copy", path=str(path)
        ) from failed
    return found


def changed_files(folder: Path, entries: list[dict[str, Any]]) -> Iterator[str]:
    """This function will name the files that are gone or are not what a document says of them."""
    for entry in entries:
        path = folder / entry["name"]
        if not path.is_file():
            yield f"{path} is not there"
        elif sha256_of(path) != entry["sha256"]:
            yield f"{path} was changed: its SHA-256 is not that of {entry['sha256'][:16]}…"


def entry_of(path: Path, **about: Any) -> dict[str, Any]:
    """This function will return how a document names another."""
    return {"name": path.name, "size_bytes": path.stat().st_size, "sha256": sha256_of(path), **about}


def as_entry(file: Written) -> dict[str, Any]:
    """This function will return a written file as a document names it."""
    return asdict(file)
