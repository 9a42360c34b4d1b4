"""Bills of confirmed transfers to our bank account: our own record of them, written and read as a channel's bill.

CSV in UTF-8. Line 1: `offline.trade` or `offline.fund`, version, account, currency, day. Line 2: the header. Then the
rows, and a foot: the count of rows and the sums. Amounts are in major units, times in UTC. Nobody keeps the money on
its way, so nothing is charged, and in the fund bill each transfer comes and leaves for the bank at once. A text that
a spreadsheet would take for a formula, or that begins with an apostrophe, has an apostrophe in front.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from zhanggui.money.decimals import format_plain
from zhanggui.payments.channel import FetchedBill
from zhanggui.rows.times import microseconds
from zhanggui.settlement.reconciliation.errors import (
    BillBalanceBroken,
    BillHeaderRefused,
    BillOfAnother,
    BillRowRefused,
    BillUnreadable,
)
from zhanggui.settlement.reconciliation.files.cells import Cells
from zhanggui.settlement.reconciliation.files.text import UTF8, encoding_of, lines
from zhanggui.settlement.reconciliation.files.totals import compare
from zhanggui.settlement.reconciliation.kinds import BillKind, RowKind
from zhanggui.settlement.reconciliation.records import BillContent, BillFile, BillRow, Expected
from zhanggui.settlement.reconciliation.rules import Window

VERSION = "1"
FORMS = {BillKind.TRADE: "offline.trade", BillKind.FUND: "offline.fund"}
HEADERS = {
    BillKind.TRADE: ["row", "number", "bank_number", "amount", "taken_at"],
    BillKind.FUND: ["row", "number", "bank_number", "amount", "taken_at", "balance"],
}
FEET = {BillKind.TRADE: ("rows", "sum"), BillKind.FUND: ("rows", "in", "out")}
PAYMENT, WITHDRAWAL, TOTAL = "payment", "withdrawal", "total"
LONGEST = 128
"""Signs of a number; a longer one would be cut when it is kept, and pair with nothing."""
_FORMULA_STARTS = ("=", "+", "-", "@", "'")


@dataclass(frozen=True)
class Transfer:
    """A transfer that was confirmed: `number` is ours (the try's), `bank_number` the bank's, `taken_at` aware."""

    number: str
    bank_number: str
    amount_minor: int
    taken_at: datetime


def write_bill(
    *, kind: str, day: date, account: str, currency: str, transfers: Sequence[Transfer]
) -> FetchedBill:
    """This function will return the bill of a day, `kind` trade or fund, of these transfers in order of time: the
    same transfers in any order give the same bytes. Raises BillRowRefused, naming the transfer, for one without an
    amount, with a number of no line of text, or with a naive time; ValueError for another kind."""
    bill = BillKind(kind)
    if bill not in FORMS:
        raise ValueError(f"an offline bill is of trade or fund, not of {kind}")
    rows: list[list[str]] = []
    for one in sorted(map(_sound, transfers), key=lambda one: (one.taken_at, one.number, one.bank_number)):
        rows += _rows_of(one, bill, currency)
    total = format_plain(sum(one.amount_minor for one in transfers), currency)
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([FORMS[bill], VERSION, _guarded(account), currency, day.isoformat()])
    writer.writerow(HEADERS[bill])
    writer.writerows(rows)
    writer.writerow([TOTAL, str(len(rows)), *[total] * (len(FEET[bill]) - 1)])
    return FetchedBill(kind, day, f"offline-{bill}-{day.isoformat()}.csv", written.getvalue().encode())


def _sound(one: Transfer) -> Transfer:
    for name, text in (("number", one.number), ("bank number", one.bank_number)):
        if not 0 < len(text) <= LONGEST or not text.isprintable():
            raise BillRowRefused(
                f"transfer {one.number!r}: its {name} {text!r} is no line of 1 to {LONGEST} signs; correct it where"
                " it was confirmed",
                number=one.number,
            )
    if one.amount_minor <= 0 or one.taken_at.utcoffset() is None:
        raise BillRowRefused(
            f"transfer {one.number!r}: {one.amount_minor} (minor units) at {one.taken_at} is no amount that came at"
            " a moment; correct it where it was confirmed",
            number=one.number,
        )
    return one


def _rows_of(one: Transfer, bill: BillKind, currency: str) -> Iterator[list[str]]:
    numbers = [_guarded(one.number), _guarded(one.bank_number)]
    amount, at = format_plain(one.amount_minor, currency), one.taken_at.astimezone(UTC).isoformat()
    if bill == BillKind.TRADE:
        yield [PAYMENT, *numbers, amount, at]
    else:
        yield [PAYMENT, *numbers, amount, at, amount]
        yield [WITHDRAWAL, *numbers, f"-{amount}", at, format_plain(0, currency)]


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


class _Bill:
    """What both kinds share: the first line, the header, rows, foot, and that they agree."""

    def __init__(self, file: BillFile, expected: Expected, content: BillContent) -> None:
        self.file, self.expected, self.content = file, expected, content
        self.kind = BillKind(content.kind)
        self.cells = Cells(file.name, expected.currency, expected.zone)
        self.sums = dict.fromkeys(("rows", "sum", "in", "out"), 0)
        self.balance = 0
        self.begins = self.ends = 0
        if self.kind == BillKind.FUND:
            content.opening = content.closing = 0

    def walk(self) -> Iterator[BillRow]:
        """Every row; then the foot, which must be there, agree and be the last line."""
        source = self._lines()
        self._open(*next(source))
        _, header = next(source, (0, []))
        if header != HEADERS[self.kind]:
            raise BillHeaderRefused(
                f"{self.file.name}: the header is {', '.join(header)[:300]}, not {', '.join(HEADERS[self.kind])};"
                " fetch the bill again"
            )
        for number, values in source:
            if values[0] == TOTAL:
                self._foot(number, values)
                break
            yield self._row(number, values)
        else:
            raise BillUnreadable(f"{self.file.name} breaks off before its foot; fetch the bill again")
        for number, _values in source:
            raise self.cells.fault(number, "stands below the foot")

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        """The lines that are not empty, as values."""
        for number, line in lines(self.file, UTF8):
            if not line.strip():
                continue
            try:
                [values] = csv.reader([line], strict=True)
            except (csv.Error, ValueError) as error:
                raise self.cells.fault(number, f"is no line of CSV ({error})") from error
            yield number, values

    def _open(self, number: int, values: list[str]) -> None:
        """The first line: version, account, currency and day."""
        if len(values) != 5 or values[1] != VERSION:
            raise BillHeaderRefused(
                f"{self.file.name}, row {number}: is not {FORMS[self.kind]}, version {VERSION}, account, currency and"
                " day; fetch the bill again",
                row=number,
            )
        account, currency = values[2].removeprefix("'"), values[3]
        if self.expected.merchant_number and account != self.expected.merchant_number:
            raise BillOfAnother(
                f"{self.file.name}, row {number}: the bill is of merchant {account}, the account of"
                f" {self.expected.merchant_number}; choose the account that it belongs to",
                row=number,
            )
        if currency != self.expected.currency:
            raise BillOfAnother(
                f"{self.file.name}, row {number}: is in {currency}, the account in {self.expected.currency};"
                " choose the account that it belongs to",
                row=number,
            )
        try:
            day = date.fromisoformat(values[4])
        except ValueError as error:
            raise self.cells.fault(number, f"{values[4]!r} is no day such as 2026-03-31") from error
        content = self.content
        content.merchant_number = account
        content.starts_on, content.ends_before = day, day + timedelta(days=1)
        cut = int(self.expected.details.get("cut_hour", 0))
        window = Window(day, content.ends_before, self.expected.zone, cut)
        self.begins, self.ends = map(microseconds, window.moments())

    def _row(self, number: int, values: list[str]) -> BillRow:
        width = len(HEADERS[self.kind])
        if len(values) != width:
            raise self.cells.fault(number, f"has {len(values)} values where the header has {width}")
        leaves = values[0] == WITHDRAWAL and self.kind == BillKind.FUND
        if values[0] != PAYMENT and not leaves:
            raise self.cells.fault(number, f"{values[0]!r} is no kind of row")
        ours, banks = (value.removeprefix("'") for value in values[1:3])
        if not ours or not banks:
            raise self.cells.fault(number, "has no number of ours or none of the bank")
        amount = self.cells.minor(values[3], number, "amount")
        if (amount >= 0) if leaves else (amount <= 0):
            raise self.cells.fault(number, f"amount {values[3]!r} is none that a {values[0]} has")
        self._add({"rows": 1, "sum": amount, "out" if leaves else "in": abs(amount)})
        balance = self._balanced(number, values, amount) if self.kind == BillKind.FUND else None
        at = self._at(values[4], number)
        if leaves:
            # The bank writes its number into either column of its statement: each of the three keys is it.
            return BillRow(
                number=number, kind=int(RowKind.WITHDRAWAL), at=at, amount=amount, own_number=banks,
                channel_number=banks, flow_number=banks, balance=balance, memo=ours,
            )  # fmt: skip
        return BillRow(
            number=number, kind=int(RowKind.PAYMENT), at=at, amount=amount, own_number=ours,
            channel_number=banks, balance=balance,
        )  # fmt: skip

    def _balanced(self, number: int, values: list[str], amount: int) -> int:
        balance = self.cells.minor(values[5], number, "balance")
        if not values[5] or self.balance + amount != balance:
            raise BillBalanceBroken(
                f"{self.file.name}, row {number}: the balance is {values[5]} after {values[3]}, but the row before"
                f" leaves {self.balance} (minor units); a row is missing: fetch the bill again",
                row=number,
            )
        self.balance = self.content.closing = balance
        return balance

    def _at(self, text: str, number: int) -> int:
        try:
            at = microseconds(datetime.fromisoformat(text))
        except (ValueError, TypeError) as error:  # a naive time cannot be counted from 1970
            raise self.cells.fault(
                number, f"taken_at {text!r} is no time such as 2026-03-31T10:00:00+00:00"
            ) from error
        if not self.begins <= at < self.ends:
            raise self.cells.fault(number, f"taken_at {text} is not on {self.content.starts_on}")
        return at

    def _add(self, more: dict[str, int]) -> None:
        for name, value in more.items():
            self.sums[name] += value

    def _foot(self, number: int, values: list[str]) -> None:
        names = FEET[self.kind]
        if len(values) != len(names) + 1 or not (values[1].isascii() and values[1].isdigit()):
            raise self.cells.fault(number, f"the foot does not hold {', '.join(names)}")
        shown = dict(zip(names, values[1:], strict=True))
        told = {
            name: int(text[:18]) if name == "rows" else self.cells.minor(text, number, name)
            for name, text in shown.items()
        }
        compare(self.file.name, told=told, found=self.sums, shown=shown)
        if self.balance:
            raise BillBalanceBroken(
                f"{self.file.name}, row {number}: {self.balance} (minor units) are left that did not go to the bank;"
                " fetch the bill again",
                row=number,
            )
        self.content.told = shown


def _begins(files: Sequence[BillFile], kind: BillKind) -> bool:
    """Whether the one file begins as our bill of this kind does. Raises BillEncodingRefused."""
    word = f"{FORMS[kind]},"
    if len(files) != 1 or encoding_of(files[0], words=(word,), allowed=(UTF8,)) is None:
        return False
    return files[0].head.removeprefix(b"\xef\xbb\xbf").startswith(word.encode())


def _read(files: Iterable[BillFile], expected: Expected, kind: BillKind) -> BillContent:
    content = BillContent(kind=kind, form=FORMS[kind], variant="all", rows=iter(()))
    content.rows = _Bill(next(iter(files)), expected, content).walk()
    return content


class OfflineTradeReader:
    """The transfers of a day as payments."""

    channel = "offline"

    def knows(self, files: list[BillFile]) -> bool:
        """Whether the one file is our trade bill."""
        return _begins(files, BillKind.TRADE)

    def read(self, files: list[BillFile], expected: Expected) -> BillContent:
        """The bill; its refusals come while the rows are walked."""
        return _read(files, expected, BillKind.TRADE)


class OfflineFundReader:
    """The transfers of a day, each come and gone to the bank."""

    channel = "offline"

    def knows(self, files: list[BillFile]) -> bool:
        """Whether the one file is our fund bill."""
        return _begins(files, BillKind.FUND)

    def read(self, files: list[BillFile], expected: Expected) -> BillContent:
        """The bill; its refusals come while the rows are walked."""
        return _read(files, expected, BillKind.FUND)
