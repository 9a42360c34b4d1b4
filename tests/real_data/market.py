"""The public data sets through the whole system, and raw views of them that share no code with it."""

import csv
import gzip
import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.settlement.story import ZONE
from zhanggui.journeys.business_line_opened import business_line_opened
from zhanggui.journeys.goods_billable import Billed, goods_billable
from zhanggui.journeys.orders_received import orders_received
from zhanggui.journeys.period_ended import Closed, period_ended
from zhanggui.portals.shell.presets import preset
from zhanggui.settlement.details.queries import rows_of
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.formats.registry import read_records
from zhanggui.settlement.intake.models import ImportRun
from zhanggui.settlement.intake.operations.import_orders import Source

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
NOW = datetime(2026, 1, 5, tzinfo=UTC)


def needs(name: str) -> pytest.MarkDecorator:
    """Skip where the data set is not there, which is so in a stranger's checkout."""
    path = DATA / name
    return pytest.mark.skipif(not path.exists(), reason=f"the data set {name} is not at {path}")


def clock() -> datetime:
    return NOW


def opened(name: str) -> tuple[BusinessLine, dict[str, Any]]:
    """The preset's business line and its document."""
    document = preset(name)
    assert document is not None
    return business_line_opened(preset=document, at=NOW, actor="real data"), document


def taken_in(line: BusinessLine, name: str, path: Path) -> ImportRun:
    """Import a whole data set."""
    digest = hashlib.sha256(str(path).encode()).digest()
    source = Source(name, path.name, digest, read_records(name, path, tz=ZONE))
    return orders_received(business_line=line, source=source, clock=clock, zone=ZONE, actor="real data")


def billed(line: BusinessLine) -> Billed:
    return goods_billable(business_line=line, as_of=NOW, clock=clock, zone=ZONE, actor="real data")


def closed(through: str) -> Closed:
    return period_ended(through=date.fromisoformat(through), clock=clock, zone=ZONE, actor="real data")


def csv_rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    """The rows of a published file, read by the standard library."""
    with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def cents(text: str) -> int:
    """`58.90` as 5890, by looking at the characters."""
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int((part + "00")[:2])


def balances() -> dict[str, int]:
    """What every purpose stands at over all owners, debit positive."""
    rows = rows_of(
        "select a.purpose, sum(d.amount)::bigint as amount from ledger_delta d"
        " join ledger_account a on a.id = d.account_id group by 1",
        [],
    )
    return {row["purpose"]: row["amount"] for row in rows}
