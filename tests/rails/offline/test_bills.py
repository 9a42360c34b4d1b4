"""Bills of confirmed transfers: written by us, read by us, and the bank's statement proves them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.settlement.reconciliation.channels import ChannelStory, paid_at_once
from zhanggui.config.bill_readers import connect_bill_readers
from zhanggui.rails.offline.bills import Transfer, write_bill
from zhanggui.rows.times import microseconds
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.entities.rules.account_details import KnownNames, checked_account_details
from zhanggui.settlement.reconciliation import errors
from zhanggui.settlement.reconciliation.files.opening import open_bill
from zhanggui.settlement.reconciliation.readers import reader_for
from zhanggui.settlement.reconciliation.records import BillContent, BillRow, Expected

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 3, 2)
ACCOUNT = "OFFLINE-1"
OURS = Expected("CNY", ACCOUNT, ZONE)
AT = datetime(2026, 3, 2, 9, 30, 0, 120, tzinfo=ZONE)
TRANSFERS = [Transfer("P1", "B1", 10_000, AT), Transfer("P2", "B2", 5_005, AT + timedelta(hours=1))]


def written(kind: str, transfers: list[Transfer] = TRANSFERS, account: str = ACCOUNT) -> bytes:
    return write_bill(kind=kind, day=DAY, account=account, currency="CNY", transfers=transfers).content


def read(folder: Path, content: bytes, expected: Expected = OURS) -> tuple[BillContent, list[BillRow]]:
    connect_bill_readers()
    path = folder / "bill.csv"
    path.write_bytes(content)
    files = open_bill(path)
    found = reader_for("offline", files).read(files, expected)
    return found, list(found.rows)


def test_what_is_written_is_what_is_declared() -> None:
    assert written("fund", TRANSFERS[:1]).decode() == (
        "offline.fund,1,OFFLINE-1,CNY,2026-03-02\n"
        "row,number,bank_number,amount,taken_at,balance\n"
        "payment,P1,B1,100.00,2026-03-02T01:30:00.000120+00:00,100.00\n"
        "withdrawal,P1,B1,-100.00,2026-03-02T01:30:00.000120+00:00,0.00\n"
        "total,2,100.00,100.00\n"
    )
    bill = write_bill(kind="trade", day=DAY, account=ACCOUNT, currency="CNY", transfers=TRANSFERS)
    assert (bill.kind, bill.day, bill.name) == ("trade", DAY, "offline-trade-2026-03-02.csv")


def test_a_trade_bill_is_read_back(tmp_path: Path) -> None:
    content, rows = read(tmp_path, written("trade"))
    assert (content.kind, content.form, content.variant, content.merchant_number) == (
        "trade", "offline.trade", "all", ACCOUNT,
    )  # fmt: skip
    assert (content.starts_on, content.ends_before) == (DAY, date(2026, 3, 3))
    assert [(row.number, row.kind, row.amount, row.fee_milli, row.own_number, row.channel_number) for row in rows] == [
        (3, 1, 10_000, 0, "P1", "B1"), (4, 1, 5_005, 0, "P2", "B2"),
    ]  # fmt: skip
    assert rows[0].at == microseconds(AT) and content.told == {"rows": "2", "sum": "150.05"}


def test_a_fund_bill_is_read_back_and_keeps_nothing(tmp_path: Path) -> None:
    content, rows = read(tmp_path, written("fund"))
    assert (content.kind, content.form, content.opening, content.closing) == ("fund", "offline.fund", 0, 0)
    assert [(row.kind, row.amount, row.own_number, row.channel_number, row.flow_number, row.balance) for row in rows] == [
        (1, 10_000, "P1", "B1", "", 10_000), (5, -10_000, "B1", "B1", "B1", 0),
        (1, 5_005, "P2", "B2", "", 5_005), (5, -5_005, "B2", "B2", "B2", 0),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["trade", "fund"])
def test_an_empty_day_has_its_day_and_no_rows(kind: str, tmp_path: Path) -> None:
    content, rows = read(tmp_path, written(kind, []))
    assert (rows, content.starts_on, content.told["rows"]) == ([], DAY, "0")
    assert content.closing == (0 if kind == "fund" else None)


@pytest.mark.parametrize("kind", ["trade", "fund"])
def test_the_same_transfers_give_the_same_bytes(kind: str) -> None:
    elsewhere = [
        Transfer(t.number, t.bank_number, t.amount_minor, t.taken_at.astimezone(UTC)) for t in TRANSFERS
    ]
    assert written(kind, elsewhere[::-1]) == written(kind)


@pytest.mark.parametrize(
    "number", ["=1+1", "+86", "-7", "@x", "'x", "''", 'a"b', "a,b", "a;b", "招行 884", "total", "x" * 128]
)
def test_numbers_that_are_no_plain_ones_come_back_as_they_were(number: str, tmp_path: Path) -> None:
    content = written("fund", [Transfer("P1", number, 1, AT)], account="=A,1")
    assert b",=" not in content and b",+" not in content and b",@" not in content
    found, [row, left] = read(tmp_path, content, Expected("CNY", "=A,1", ZONE))
    assert (row.channel_number, left.own_number, found.merchant_number) == (number, number, "=A,1")


@pytest.mark.parametrize(
    ("transfer", "word"),
    [
        (Transfer("P1", "", 1, AT), "bank number"),
        (Transfer("P1", "a\nb", 1, AT), "bank number"),
        (Transfer("P1", "x" * 129, 1, AT), "bank number"),
        (Transfer("P1", "B1", 0, AT), "minor units"),
        (Transfer("P1", "B1", -1, AT), "minor units"),
        (Transfer("P1", "B1", 1, AT.replace(tzinfo=None)), "moment"),
    ],
)
def test_a_transfer_that_cannot_be_one_is_not_written(transfer: Transfer, word: str) -> None:
    with pytest.raises(errors.BillRowRefused) as refused:
        written("trade", [transfer])
    assert word in refused.value.message and "'P1'" in refused.value.message


def test_other_bills_are_not_written() -> None:
    with pytest.raises(ValueError):
        written("split")
    with pytest.raises(ValueError):
        written("statement")


CHANGES: list[tuple[str, Callable[[str], str], type[errors.ReconciliationError], str]] = [
    ("trade", lambda text: text.replace("total,2,150.05", "total,2,150.06"), errors.BillFooterDisagrees, "150.06 ≠ 150.05"),
    ("trade", lambda text: text.replace("total,2", "total,3"), errors.BillFooterDisagrees, "rows 3 ≠ 2"),
    ("fund", lambda text: text.replace("total,4,150.05,150.05", "total,4,150.05,150"), errors.BillFooterDisagrees, "out 150"),
    ("trade", lambda text: text.replace("payment,P2", "payment,,P2"), errors.BillRowRefused, "row 4: has 6 values"),
    ("trade", lambda text: text.replace("payment,P2", "refund,P2"), errors.BillRowRefused, "row 4: 'refund'"),
    ("trade", lambda text: text.replace("payment,P2", "withdrawal,P2"), errors.BillRowRefused, "row 4: 'withdrawal'"),
    ("trade", lambda text: text.replace("P2,B2", "P2,"), errors.BillRowRefused, "row 4: has no number"),
    ("trade", lambda text: text.replace("50.05,2026", "50.055,2026"), errors.BillRowRefused, "row 4: amount"),
    ("trade", lambda text: text.replace("50.05,2026", "-50.05,2026"), errors.BillRowRefused, "row 4: amount"),
    ("trade", lambda text: text.replace("50.05,2026", ",2026"), errors.BillRowRefused, "row 4: amount"),
    ("fund", lambda text: text.replace("-50.05,2026", "50.05,2026"), errors.BillRowRefused, "row 6: amount"),
    ("trade", lambda text: text.replace("T02:30:00.000120+00:00", "T02:30:00"), errors.BillRowRefused, "row 4: taken_at"),
    ("trade", lambda text: text.replace("2026-03-02T02", "2026-03-02T16"), errors.BillRowRefused, "row 4: taken_at"),
    ("trade", lambda text: text.replace("P2,B2", 'P2,"B2'), errors.BillRowRefused, "row 4: is no line of CSV"),
    ("trade", lambda text: f"{text}payment,P3,B3,1.00,2026-03-02T03:00:00+00:00\n", errors.BillRowRefused, "row 6"),
    ("trade", lambda text: text.replace("total,2", "total,²"), errors.BillRowRefused, "row 5: the foot"),
    ("fund", lambda text: text.replace("+00:00,50.05", "+00:00,50.06"), errors.BillBalanceBroken, "row 5"),
    ("fund", lambda text: text.replace("+00:00,0.00", "+00:00,"), errors.BillBalanceBroken, "row 4"),
    ("trade", lambda text: text[: text.index("total")], errors.BillUnreadable, "breaks off before its foot"),
    ("trade", lambda text: text.partition("\n")[0], errors.BillHeaderRefused, "header"),
    ("trade", lambda text: text.replace("bank_number,", ""), errors.BillHeaderRefused, "header"),
    ("trade", lambda text: text.replace("trade,1", "trade,2"), errors.BillHeaderRefused, "version 1"),
    ("trade", lambda text: text.replace("CNY,2026-03-02", "CNY,2026-02-30"), errors.BillRowRefused, "row 1"),
    ("trade", lambda text: text.replace("OFFLINE-1", "OFFLINE-2"), errors.BillOfAnother, "OFFLINE-2"),
    ("trade", lambda text: text.replace("CNY", "USD"), errors.BillOfAnother, "USD"),
    ("trade", lambda text: "x" + text, errors.BillUnreadable, "no bill of channel offline"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "change", "error", "word"), CHANGES)
def test_what_is_not_as_it_was_written_is_refused(
    kind: str,
    change: Callable[[str], str],
    error: type[errors.ReconciliationError],
    word: str,
    tmp_path: Path,
) -> None:
    before = written(kind).decode()
    after = change(before)
    assert after != before
    with pytest.raises(error) as refused:
        read(tmp_path, after.encode())
    assert word in refused.value.message and type(refused.value) is error


def test_money_that_did_not_leave_for_the_bank_is_refused(tmp_path: Path) -> None:
    lines = written("fund").decode().splitlines()
    lines[5:] = ["total,3,150.05,100.00"]
    with pytest.raises(errors.BillBalanceBroken, match="row 6"):
        read(tmp_path, "\n".join(lines).encode())


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030"])
def test_another_encoding_is_refused(encoding: str, tmp_path: Path) -> None:
    text = written("trade", [TRANSFERS[0], Transfer("P2", "招行884", 1, AT + timedelta(hours=1))]).decode()
    with pytest.raises(errors.BillEncodingRefused) as refused:
        read(tmp_path, text.encode(encoding))
    assert ("row 4" if encoding == "gb18030" else "UTF-16") in refused.value.message


def test_a_mark_and_line_ends_of_another_system_change_nothing(tmp_path: Path) -> None:
    other = b"\xef\xbb\xbf" + written("fund").replace(b"\n", b"\r\n") + b"\r\n"
    assert read(tmp_path, other)[1] == read(tmp_path, written("fund"))[1]


def test_a_day_that_ends_at_another_hour_has_its_own_rows(tmp_path: Path) -> None:
    late = [Transfer("P1", "B1", 1, datetime(2026, 3, 1, 23, 30, tzinfo=ZONE))]
    _, [row] = read(tmp_path, written("trade", late), Expected("CNY", ACCOUNT, ZONE, {"cut_hour": 23}))
    assert row.own_number == "P1"


def test_an_account_of_ours_may_be_of_it() -> None:
    details = {"channel": "offline", "merchant_number": ACCOUNT}
    found = checked_account_details(kind="channel", rail="offline", details=details, known=KnownNames())
    assert found == details


@pytest.fixture
def books(tmp_path: Path) -> ChannelStory:
    """A mall with an order of 100.00 that was paid by a transfer, P1, B1 at the bank."""
    found = ChannelStory(tmp_path)
    found.wechat.delete()
    found.receive(*paid_at_once("P1", "order merchant goods day\nA1 m1 100.00 2026-03-02T09:30", "B1"))
    return found


def take_in(books: ChannelStory, *kinds: str) -> OwnAccount:
    """Have the bills of these kinds taken in."""
    account, _ = OwnAccount.objects.get_or_create(
        code="offline-main", defaults={
            "name": {"zh": "线下转账"}, "kind": "channel", "entity": books.bank.entity, "currency": "CNY",
            "rail": "offline", "details": {"merchant_number": ACCOUNT, "payment_methods": ["alipay"]},
        },
    )  # fmt: skip
    for kind in kinds:
        bill = write_bill(kind=kind, day=DAY, account=ACCOUNT, currency="CNY", transfers=TRANSFERS[:1])
        books.receive_bill(account, "offline", books.write(bill.content, bill.name))
    return account


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["凭证号", "交易流水号"])
def test_a_paid_order_ends_in_the_bank_account(books: ChannelStory, column: str) -> None:
    take_in(books, "trade", "fund")
    assert "1012.01 - 100.00" in books.balances() and books.differences() == ""
    lines = [
        f"交易时间,收入金额,支出金额,{column}",
        "2026-03-02 09:29:00,100.00,,X9",
        "2026-03-02 09:30:00,100.00,,B1",
    ]
    [run] = books.receive_bill(books.bank, "bank", books.write("\n".join(lines).encode())).runs
    assert run.matched_count == 1 and books.differences() == "4 missing_here suspended X9 0.00 100.00"
    assert "1002 - 100.00" in books.balances() and "1012" not in books.balances()


@pytest.mark.django_db
def test_of_two_equal_sums_the_one_with_the_number_is_the_transfer(books: ChannelStory) -> None:
    take_in(books, "fund", "trade")
    books.statement_of_bank("day in out reference\n2026-03-02 100.00 - B9\n2026-03-02 100.00 - B1")
    assert books.differences() == "4 missing_here suspended B9 0.00 100.00"
    assert "1002 - 100.00" in books.balances() and "1012" not in books.balances()


@pytest.mark.django_db
def test_a_transfer_confirmed_after_the_statement_came_is_cleared_by_the_next_one(
    books: ChannelStory,
) -> None:
    books.statement_of_bank("day in out reference\n2026-03-01 100.00 - B1")
    take_in(books, "trade", "fund")
    assert books.differences() == "4 missing_here suspended B1 0.00 100.00"
    books.statement_of_bank("day in out reference\n2026-03-02 7.00 - X9")
    assert books.differences(state="cleared") == "4 missing_here cleared B1 0.00 100.00"
    assert "1002 - 100.00" in books.balances() and "1012" not in books.balances()


@pytest.mark.django_db
def test_a_day_without_transfers_is_a_bill_that_agrees(books: ChannelStory) -> None:
    account = take_in(books)
    for kind in ("trade", "fund"):
        bill = write_bill(kind=kind, day=date(2026, 2, 20), account=ACCOUNT, currency="CNY", transfers=[])
        received = books.receive_bill(account, "offline", books.write(bill.content, bill.name))
        assert received.new and received.bill.rows == 0 and received.bill.starts_on == date(2026, 2, 20)
        again = books.receive_bill(account, "offline", books.write(bill.content, bill.name))
        assert not again.new and again.bill.id == received.bill.id
    assert books.differences() == ""
