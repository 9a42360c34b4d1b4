"""What we write we read back: the writer and the three readers of our own format against each other."""

from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from tests.settlement.intake.formats.readings import SAMPLE, SHANGHAI, read, shared
from zhanggui.settlement.intake.formats import read_records
from zhanggui.settlement.intake.formats.errors import OptionRefused
from zhanggui.settlement.intake.formats.zhanggui import write_zhanggui
from zhanggui.settlement.intake.records import NoteRecord, OrderRecord, Record, RefundRecord

ENDINGS = ("csv", "csv.gz", "jsonl", "jsonl.gz", "parquet")


def without_rows(records: list[Record]) -> list[Record]:
    """The records without where they stood, which another file must have otherwise."""
    return [
        replace(record, row=0) if isinstance(record, OrderRecord | RefundRecord) else record
        for record in records
        if not isinstance(record, NoteRecord)
    ]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_shop_with_refunds_comes_back_whole(tmp_path: Path, ending: str) -> None:
    records = list(islice(read_records("online-retail", SAMPLE, tz=SHANGHAI), 600))
    path = tmp_path / f"sample.{ending}"
    write_zhanggui(path, records, currency="GBP")
    assert without_rows(read("zhanggui", path, currency="GBP")) == without_rows(records)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_marketplace_with_payments_comes_back_whole(tmp_path: Path, ending: str) -> None:
    records = list(islice(read_records("olist", shared("olist"), tz=SHANGHAI), 6_000))
    path = tmp_path / f"olist.{ending}"
    write_zhanggui(path, records, currency="BRL")
    assert without_rows(read("zhanggui", path, currency="BRL")) == without_rows(records)


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_records_give_the_same_bytes(tmp_path: Path, ending: str) -> None:
    records = list(islice(read_records("online-retail", SAMPLE, tz=SHANGHAI), 200))
    paths = [tmp_path / f"{name}.{ending}" for name in ("first", "second")]
    counts = [write_zhanggui(path, records, currency="GBP") for path in paths]
    assert counts[0] == counts[1] > 150
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionRefused, match=r"\.csv"):
        write_zhanggui(tmp_path / "a.xlsx", [], currency="CNY")
