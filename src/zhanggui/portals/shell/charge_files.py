"""Files of charges that other systems billed: CSV with a header, or JSON lines, with the names of the API."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from zhanggui.portals.shell.errors import FileRefused
from zhanggui.settlement.intake.operations.post_charges import AMOUNT_MAX, ChargeRecord

REQUIRED = ("charge_no", "party", "fee", "currency", "amount_minor", "occurred_at")
OPTIONAL = ("base_minor", "order_no", "line_no", "memo", "source")
COLUMNS = REQUIRED + OPTIONAL
LONGEST = {"charge_no": 64, "party": 64, "fee": 64, "currency": 3, "order_no": 64, "line_no": 32, "memo": 200}
MOST_BYTES = 512 * 1024 * 1024


def read_charges(path: Path) -> tuple[str, list[ChargeRecord]]:
    """The file's SHA-256 and its charges. Raises FileRefused naming the first row that cannot be read: the file
    is taken in whole or not at all. What a row says may still be rejected, one by one."""
    if path.is_file() and path.stat().st_size > MOST_BYTES:
        raise FileRefused(f"{path} is larger than {MOST_BYTES >> 20} MB; cut it into several", path=str(path))
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as failed:
        raise FileRefused(
            f"{path} is not UTF-8: {failed.reason} at byte {failed.start}", path=str(path)
        ) from None
    read = _json_lines if text.lstrip().startswith("{") else _csv_rows
    records = [_record(path, row, found) for row, found in read(path, text)]
    if not records:
        raise FileRefused(f"{path} holds no charge", path=str(path))
    return hashlib.sha256(data).hexdigest(), records


def _json_lines(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for row, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except ValueError as broken:
            raise _refused(path, row, f"no JSON object ({broken})") from None
        if not isinstance(found, dict):
            raise _refused(path, row, "no JSON object")
        yield row, found


def _csv_rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        if len(set(header)) != len(header):
            raise _refused(path, 1, "a column stands twice in the header")
        for cells in reader:
            if not any(cells):
                continue
            if len(cells) != len(header):
                raise _refused(path, reader.line_num, f"{len(cells)} cells, the header has {len(header)}")
            yield (
                reader.line_num,
                {name: cell for name, cell in zip(header, cells, strict=True) if cell != ""},
            )
    except csv.Error as broken:
        raise _refused(path, reader.line_num, str(broken)) from None


def _record(path: Path, row: int, found: dict[str, Any]) -> ChargeRecord:
    for name in REQUIRED:
        if found.get(name) in (None, ""):
            raise _refused(path, row, f"{name} is missing")
    for name in found:
        if name not in COLUMNS:
            raise _refused(path, row, f"{name!r} is no column; known are {', '.join(COLUMNS)}")
    texts = {name: _text(path, row, name, found[name]) for name in LONGEST if name in found}
    return ChargeRecord(
        **texts, amount=_whole(path, row, "amount_minor", found["amount_minor"]),
        base=_whole(path, row, "base_minor", found.get("base_minor", 0)),
        occurred_at=_time(path, row, found["occurred_at"]), source=str(found.get("source", "passed")),
    )  # fmt: skip


def _text(path: Path, row: int, name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST[name] or "\0" in value:
        raise _refused(path, row, f"{name} is a text of at most {LONGEST[name]} characters")
    return value


def _whole(path: Path, row: int, name: str, value: Any) -> int:
    if isinstance(value, str) and len(value) < 20 and value.removeprefix("-").isdecimal() and value.isascii():
        value = int(value)
    if type(value) is not int or abs(value) > AMOUNT_MAX:
        raise _refused(path, row, f"{name} is {str(value)[:40]!r}; it takes a whole number of minor units")
    return value


def _time(path: Path, row: int, value: Any) -> datetime:
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise _refused(
            path, row, f"occurred_at is {str(value)[:40]!r}; write 2026-03-31T18:00:00+08:00"
        ) from None
    if found.tzinfo is None:
        raise _refused(path, row, f"occurred_at {value} has no zone; write 2026-03-31T18:00:00+08:00")
    return found


def _refused(path: Path, row: int, problem: str) -> FileRefused:
    return FileRefused(
        f"{path}, row {row}: {problem}; correct it, nothing was taken in", path=str(path), row=row
    )
