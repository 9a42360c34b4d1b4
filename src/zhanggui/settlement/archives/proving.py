"""Proving an archive from its files alone: every line gives its leaf, every statement its hash."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from zhanggui.rows.images import row_digests
from zhanggui.rows.layout import Column, Wire
from zhanggui.settlement.archives.errors import ArchiveDamaged
from zhanggui.settlement.archives.files import MANIFEST, ROWS_AT_ONCE, changed_files, document
from zhanggui.settlement.archives.tables import CONTEXT, LINES
from zhanggui.settlement.details.blocks import Ints
from zhanggui.settlement.details.leaves import LEAF_COLUMNS
from zhanggui.settlement.details.patterns import PATTERN_COLUMNS
from zhanggui.settlement.statements.hashing import statement_hash

_ARRAYS = (Wire.INT8_ARRAY, Wire.INT4_ARRAY)


def folder_faults(folder: Path) -> Iterator[str]:
    """This function will say, in sentences that name file and row, what does not hold of an archive's files.

    It looks at no database. Every file has the SHA-256 that its document names, every line the leaf that its own
    values give, and every statement the hash that follows from the one before, its header and its leaves.
    """
    try:
        chunks = document(folder / MANIFEST)["chunks"]
    except ArchiveDamaged as found:
        yield str(found)
        return
    changed = list(changed_files(folder, chunks))
    yield from changed
    for chunk in chunks:
        try:
            yield from chunk_faults(folder, document(folder / chunk["name"]))
        except ArchiveDamaged as found:
            yield str(found)


def chunk_faults(folder: Path, chunk: dict[str, Any]) -> Iterator[str]:
    """This function will say what does not hold of one chunk: its files, lines and statements."""
    yield from changed_files(folder, chunk["files"])
    proofs = {
        (one["header"]["party_id"], one["header"]["id"]): _Sum(one["header"]["number"])
        for one in chunk["statements"]
    }
    for entry in chunk["files"]:
        if entry["table"] in (LINES, CONTEXT):
            try:
                yield from _line_faults(folder / entry["name"], proofs if entry["table"] == LINES else None)
            except (OSError, pa.ArrowException, KeyError, ValueError) as failed:
                yield f"{folder / entry['name']} cannot be read: {failed}"
    for one in chunk["statements"]:
        yield from _statement_faults(one, proofs[one["header"]["party_id"], one["header"]["id"]])


@dataclass
class _Sum:
    """What the lines of a statement come to so far; amounts in minor units."""

    number: str
    leaves: Any = field(default_factory=hashlib.sha256)
    lines: int = 0
    details: int = 0
    net: int = 0


def _line_faults(path: Path, proofs: dict[tuple[int, int], _Sum] | None) -> Iterator[str]:
    """Faults of lines by their row in the file, from 1; what they come to is added to their statements."""
    first = 1
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=ROWS_AT_ONCE):
            found, given = leaves(batch), _fixed(batch.column("leaf"))
            keys = [batch.column(name).to_pylist() for name in ("party_id", "line_id", "event_id")]
            for place in np.flatnonzero(found != given).tolist():
                line = "-".join(str(column[place]) for column in keys)
                yield f"{path}, row {first + place}: line {line} does not give its leaf"
            if proofs is not None:
                yield from _added(batch, found, proofs, path, first)
            first += len(batch)


def _added(
    batch: Any, found: NDArray[np.void], proofs: dict[tuple[int, int], _Sum], path: Path, first: int
) -> Iterator[str]:
    party, statement = (_numbers(batch.column(name)) for name in ("party_id", "statement_id"))
    starts = np.flatnonzero(np.diff(party, prepend=-1) | np.diff(statement, prepend=-1)).tolist()
    amounts = batch.column("amounts")
    for start, end in zip(starts, [*starts[1:], len(batch)], strict=True):
        own = proofs.get((int(party[start]), int(statement[start])))
        if own is None:
            yield f"{path}, row {first + start}: statement {statement[start]} is not in this chunk"
            continue
        held = amounts.slice(start, end - start).flatten()
        own.leaves.update(found[start:end].tobytes())
        own.lines += end - start
        own.details += len(held)
        own.net += int(_numbers(held).sum())


def _statement_faults(entry: dict[str, Any], own: _Sum) -> Iterator[str]:
    header = entry["header"]
    for name, value in (("net_minor", own.net), ("line_count", own.lines), ("detail_count", own.details)):
        if header[name] != value:
            yield f"statement {own.number}: its header says {name} {header[name]}, its lines come to {value}"
    digest = own.leaves.digest()
    if digest.hex() != entry["lines_digest"]:
        yield f"statement {own.number}: its lines give the digest {digest.hex()}, not {entry['lines_digest']}"
    expected = statement_hash(bytes.fromhex(entry["previous_hash"]), header, digest).hex()
    if expected != entry["hash"]:
        yield f"statement {own.number}: header and lines give the hash {expected}, not {entry['hash']}"


def leaves(batch: Any) -> NDArray[np.void]:
    """This function will return the leaf of every line of a batch as its own values give it, dtype V32."""
    widths = np.stack([
        _numbers(pc.list_value_length(batch.column(name))) for name in ("fee_types", "own_bases", "amounts")
    ])  # fmt: skip
    made = np.empty(len(batch), dtype="V32")
    for widths_now in np.unique(widths, axis=1).T:
        rows = np.flatnonzero((widths == widths_now[:, None]).all(axis=0))
        part = batch.take(pa.array(rows))
        patterns = row_digests([_column(part, name, wire) for name, wire in PATTERN_COLUMNS])
        columns = [_column(part, name, wire) for name, wire in LEAF_COLUMNS]
        made[rows] = row_digests([Column("pattern", Wire.BYTES32, patterns), *columns])
    return made


def _column(batch: Any, name: str, wire: Wire) -> Column:
    held = batch.column(name)
    if wire in _ARRAYS:
        return Column(name, wire, _numbers(held.flatten()).reshape(len(batch), -1))
    if wire is Wire.TEXT3:
        return Column(name, wire, np.array(held.to_pylist(), dtype="S3"))
    return Column(name, wire, _numbers(held))


def _numbers(array: Any) -> Ints:
    """Numbers or times (microseconds since 1970) as int64. Raises ValueError where one is missing."""
    if array.null_count:
        raise ValueError("a value is missing")
    if pa.types.is_timestamp(array.type):
        array = array.cast(pa.int64())
    return np.asarray(array.cast(pa.int64()), dtype=np.int64)


def _fixed(array: Any) -> NDArray[np.void]:
    return np.frombuffer(
        b"".join((one or b"").ljust(32, b"\0")[:32] for one in array.to_pylist()), dtype="V32"
    )
