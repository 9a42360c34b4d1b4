"""Short ways to write a source and read it, for the tests of the formats."""

import gzip
from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from zhanggui.settlement.intake import formats
from zhanggui.settlement.intake.formats.errors import SourceTruncated
from zhanggui.settlement.intake.records import (
    NoteRecord,
    OrderRecord,
    Record,
    RefundRecord,
    RejectRecord,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
SHARED = Path(__file__).parents[4].parent / "shared" / "data"
SAMPLE = Path(__file__).parents[4] / "src/zhanggui/portals/shell/demo_data/online_retail_sample.csv.gz"


def shared(name: str) -> Path:
    """A file or folder of the real data; the test is skipped where that is not at hand."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the real data is not at hand ({name} beside the checkout, see its README)")
    return path


def put(path: Path, text: str) -> Path:
    """Write `text`, packed if the name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    packed = text.encode()
    path.write_bytes(gzip.compress(packed, mtime=0) if path.suffix == ".gz" else packed)
    return path


def read(name: str, path: Path, currency: str = "") -> list[Record]:
    """Everything that the source yields."""
    options = {"currency": currency} if currency else {}
    return list(formats.read_records(name, path, tz=SHANGHAI, options=options))


def read_until_cut(name: str, path: Path, currency: str = "") -> tuple[list[Record], SourceTruncated | None]:
    """What the source yields before it breaks off, and the refusal it then raises."""
    options = {"currency": currency} if currency else {}
    records: list[Record] = []
    try:
        records.extend(formats.read_records(name, path, tz=SHANGHAI, options=options))
    except SourceTruncated as cut:
        return records, cut
    return records, None


def orders(records: Iterable[Record]) -> list[OrderRecord]:
    return [record for record in records if isinstance(record, OrderRecord)]


def refunds(records: Iterable[Record]) -> list[RefundRecord]:
    return [record for record in records if isinstance(record, RefundRecord)]


def notes(records: Iterable[Record]) -> list[NoteRecord]:
    return [record for record in records if isinstance(record, NoteRecord)]


def rejects(records: Iterable[Record]) -> list[RejectRecord]:
    return [record for record in records if isinstance(record, RejectRecord)]


def refused_rows(records: Iterable[Record]) -> list[tuple[int, str]]:
    """(row, code) of every reject."""
    return [(reject.row, reject.code) for reject in rejects(records)]
