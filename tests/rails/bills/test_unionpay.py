"""UnionPay's fixed-width files."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from zhanggui.config.bill_readers import connect_bill_readers
from zhanggui.rails.unionpay.bills import ZM, ZME
from zhanggui.rows.times import moment
from zhanggui.settlement.reconciliation import errors
from zhanggui.settlement.reconciliation.files.opening import open_bill
from zhanggui.settlement.reconciliation.readers import reader_for
from zhanggui.settlement.reconciliation.records import BillContent, BillRow, Expected

ZONE = ZoneInfo("Asia/Shanghai")
MERCHANT = "777290058110097"


def line(widths: tuple[int, ...], values: dict[int, str]) -> str:
    """A line of these columns (numbered from 1)."""
    return " ".join(values.get(at, "").ljust(width) for at, width in enumerate(widths, start=1))


PAID = line(ZM, {1: "S22", 5: "0601225959", 7: "000000012345", 10: "202606012259590000001", 12: "A1", 16: "D000000000074",
                 17: "C000000012271", 20: "01", 28: MERCHANT})  # fmt: skip
BACK = line(ZM, {1: "S30", 5: "0602101500", 7: "000000002000", 10: "202606021015000000002", 12: "R1", 16: "C000000000012",
                 17: "D000000001988", 20: "04", 27: "202606012259590000001", 28: MERCHANT})  # fmt: skip


def read(
    tmp_path: Path, content: bytes, name: str = "INN26060288ZM_777290058110097"
) -> tuple[BillContent, list[BillRow]]:
    connect_bill_readers()
    (tmp_path / name).write_bytes(content)
    files = open_bill(tmp_path / name)
    content_ = reader_for("unionpay", files).read(files, Expected("CNY", MERCHANT, ZONE))
    return content_, list(content_.rows)


def test_transactions_are_read_by_position(tmp_path: Path) -> None:
    content, [paid, back] = read(tmp_path, f"{PAID}\r\n{BACK}\r\n".encode("gb18030"))
    assert (content.starts_on, content.form, content.merchant_number) == (
        date(2026, 6, 2),
        "unionpay.zm",
        MERCHANT,
    )
    assert (paid.kind, paid.amount, paid.fee_milli, paid.own_number) == (1, 12345, 74000, "A1")
    assert (back.kind, back.amount, back.fee_milli, back.own_refund_number) == (2, -2000, -12000, "R1")
    assert back.channel_number == paid.channel_number
    assert moment(paid.at).astimezone(ZONE).isoformat() == "2026-06-01T22:59:59+08:00"


def test_a_time_of_december_in_a_file_of_january_is_last_years(tmp_path: Path) -> None:
    late = PAID.replace("0601225959", "1231235959")
    _, [row] = read(tmp_path, late.encode("gb18030"), "INN27010188ZM_777290058110097")
    assert moment(row.at).astimezone(ZONE).year == 2026


def test_errors_and_adjustments_are_rows_of_their_own(tmp_path: Path) -> None:
    text = line(
        ZME,
        {1: "E74", 4: "123456", 5: "0602101500", 7: "000000002000", 15: "D000000000010", 16: "C000000002000"},
    )
    content, [row] = read(tmp_path, text.encode("gb18030"), "INN26060288ZME_777290058110097")
    assert (content.variant, row.kind, row.amount, row.fee_milli) == ("errors", 6, 2000, 10000)


@pytest.mark.parametrize(
    ("content", "error", "word"),
    [
        (PAID.replace(MERCHANT, "777290058110000"), errors.BillOfAnother, "777290058110000"),
        (PAID[:200], errors.BillRowRefused, "row 1"),
        (PAID.replace("000000012345", "0000000123.5"), errors.BillRowRefused, "cents"),
        (PAID.replace("D000000000074", "X000000000074"), errors.BillRowRefused, "neither C nor D"),
        (PAID.replace("0601225959", "06012259XX"), errors.BillRowRefused, "MMDDhhmmss"),
        (PAID.encode().replace(b"A1 ", b"A\xff "), errors.BillEncodingRefused, "row 1"),
        (PAID.encode("utf-16"), errors.BillEncodingRefused, "row 1"),
    ],
)
def test_what_is_not_as_it_should_be_is_refused(
    content: str | bytes, error: type, word: str, tmp_path: Path
) -> None:
    with pytest.raises(error) as refused:
        read(tmp_path, content if isinstance(content, bytes) else content.encode("gb18030"))
    assert word in refused.value.message
