"""Parquet: the columns of the CSV with types that are exact."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from tests.settlement.intake.formats.readings import SHANGHAI, orders, read, refused_rows
from zhanggui.settlement.intake.formats.errors import HeaderRefused, SourceTruncated, SourceUnreadable

ROW: dict[str, Any] = {
    "record": "order",
    "currency": "CNY",
    "order_no": "A",
    "ordered_at": datetime(2026, 3, 1, 9, 30),  # noqa: DTZ001 - files do have times without a zone
    "line_no": "1",
    "merchant": "m",
    "sku": "s",
    "quantity": 2,
    "goods_minor": 1000,
}


def put_rows(path: Path, *rows: dict[str, Any], **arrays: pyarrow.Array) -> Path:
    table = pyarrow.Table.from_pylist(list(rows))
    for name, array in arrays.items():
        table = table.set_column(table.schema.get_field_index(name), name, array)
    pyarrow.parquet.write_table(table, path)
    return path


def test_timestamps_with_and_without_a_zone(tmp_path: Path) -> None:
    naive = put_rows(tmp_path / "a.parquet", ROW)
    aware = put_rows(tmp_path / "b.parquet", ROW | {"ordered_at": datetime(2026, 3, 1, 1, 30, tzinfo=UTC)})
    nanos = pyarrow.array([datetime(2026, 3, 1, 1, 30)], pyarrow.timestamp("ns", tz="UTC"))  # noqa: DTZ001
    exact = put_rows(tmp_path / "c.parquet", ROW, ordered_at=nanos)
    text = put_rows(tmp_path / "d.parquet", ROW | {"ordered_at": "2026-03-01 09:30:00"})
    for path in (naive, aware, exact, text):
        (order,) = orders(read("zhanggui", path, currency="CNY"))
        assert order.ordered_at == datetime(2026, 3, 1, 9, 30, tzinfo=SHANGHAI)
        assert (order.row, order.lines[0].goods) == (1, 1000)


def test_rows_are_checked_like_those_of_a_csv(tmp_path: Path) -> None:
    path = put_rows(
        tmp_path / "a.parquet", ROW, ROW | {"order_no": "B", "goods_minor": -1}, ROW | {"order_no": "C"}
    )
    found = read("zhanggui", path, currency="CNY")
    assert refused_rows(found) == [(2, "amount_negative")]
    assert [order.order_no for order in orders(found)] == ["A", "C"]


@pytest.mark.parametrize("value", [10.0, Decimal("10.00"), "10"])
def test_money_that_is_not_of_an_integer_type_refuses_the_file(tmp_path: Path, value: Any) -> None:
    with pytest.raises(HeaderRefused, match=r"goods_minor.*integer"):
        read("zhanggui", put_rows(tmp_path / "a.parquet", ROW | {"goods_minor": value}), currency="CNY")


def test_an_unknown_column_refuses_the_file(tmp_path: Path) -> None:
    with pytest.raises(HeaderRefused, match="'price'"):
        read("zhanggui", put_rows(tmp_path / "a.parquet", ROW | {"price": 1}), currency="CNY")


def test_a_file_without_its_end_is_refused(tmp_path: Path) -> None:
    path = put_rows(tmp_path / "a.parquet", ROW)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(SourceTruncated):
        read("zhanggui", path, currency="CNY")


def test_a_file_with_a_damaged_middle_is_refused(tmp_path: Path) -> None:
    path = put_rows(tmp_path / "a.parquet", ROW)
    packed = bytearray(path.read_bytes())
    packed[-200:-8] = b"\xff" * 192
    path.write_bytes(packed)
    with pytest.raises(SourceUnreadable):
        read("zhanggui", path, currency="CNY")
