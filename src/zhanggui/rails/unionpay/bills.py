"""UnionPay settlement files: INN…ZM_ (transactions, 41 columns) and INN…ZME_ (errors and adjustments, 22 columns).

Fixed width in bytes of GBK, one blank between columns. Amounts are cents; the fee and the amount settled bear C
(to us) or D (from us) in front. Times have no year: it is that of the clearing day in the file's name. There is no
foot; what is known of the columns is in the fact sheet (positions 5, 7, 10, 12, 16, 17, 20, 27, 28). Payouts (代付)
are rows of type 12.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import PurePosixPath

from zhanggui.settlement.reconciliation.errors import BillOfAnother, BillUnreadable
from zhanggui.settlement.reconciliation.files.cells import Cells
from zhanggui.settlement.reconciliation.files.text import GB18030, lines
from zhanggui.settlement.reconciliation.kinds import MILLI, BillKind, RowKind
from zhanggui.settlement.reconciliation.records import BillContent, BillFile, BillRow, Expected

ZM = (3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15, 1, 15,
      32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 131)  # fmt: skip
ZME = (3, 11, 11, 6, 10, 19, 12, 4, 2, 2, 6, 10, 4, 12, 13, 13, 15, 15, 1, 12, 2, 135)
_NAME = re.compile(r"INN(\d{2})(\d{2})(\d{2})\d{2}(ZME?)_(\w*)")
_KINDS = {"01": RowKind.PAYMENT, "04": RowKind.REFUND, "12": RowKind.OTHER_OUT, "31": RowKind.REFUND}


def sliced(line: bytes, widths: tuple[int, ...]) -> list[str] | None:
    """The columns of a line, or None when it is shorter than all but the last column."""
    if len(line) < sum(widths[:-1]) + len(widths) - 1:
        return None
    found, place = [], 0
    for width in widths:
        found.append(line[place : place + width].decode(GB18030, "strict").strip())
        place += width + 1
    return found


class _Bill:
    def __init__(self, file: BillFile, expected: Expected, content: BillContent) -> None:
        self.file, self.expected, self.content = file, expected, content
        self.cells = Cells(file.name, expected.currency, expected.zone)
        named = _NAME.search(PurePosixPath(file.name.replace("\\", "/")).name)
        assert named is not None
        self.cleared_on = date(2000 + int(named[1]), int(named[2]), int(named[3]))
        self.errors = named[4] == "ZME"
        content.starts_on, content.ends_before = self.cleared_on, self.cleared_on + timedelta(days=1)

    def walk(self) -> Iterator[BillRow]:
        """Every line."""
        widths = ZME if self.errors else ZM
        for number, line in lines(self.file, GB18030):
            if not line.strip():
                continue
            values = sliced(line.encode(GB18030), widths)
            if values is None:
                raise self.cells.fault(
                    number, f"is shorter than the {len(widths)} columns of the file; it may be cut"
                )
            yield self._error(number, values) if self.errors else self._row(number, values)

    def _row(self, number: int, values: list[str]) -> BillRow:
        if self.expected.merchant_number and values[27] != self.expected.merchant_number:
            raise BillOfAnother(
                f"{self.file.name}, row {number}: the bill is of merchant {values[27]}, the account of"
                f" {self.expected.merchant_number}; choose the account that it belongs to",
                row=number,
            )
        self.content.merchant_number = values[27]
        kind = _KINDS.get(values[19])
        if kind is None:
            raise self.cells.fault(number, f"transaction type {values[19]!r} is not known")
        size = self._cents(values[6], number, "交易金额")
        refunds = kind is RowKind.REFUND
        return BillRow(
            number=number, kind=int(kind), at=self._at(values[4], number),
            amount=size if kind is RowKind.PAYMENT else -size,
            fee_milli=-self._signed(values[15], number, "商户手续费") * MILLI,
            own_number="" if refunds else values[11], own_refund_number=values[11] if refunds else "",
            channel_number=values[26] if refunds else values[9],
            channel_refund_number=values[9] if refunds else "", flow_number=values[3], title=values[0],
        )  # fmt: skip

    def _error(self, number: int, values: list[str]) -> BillRow:
        amount = self._signed(values[15], number, "结算金额")
        return BillRow(
            number=number, kind=int(RowKind.OTHER_IN if amount >= 0 else RowKind.OTHER_OUT), amount=amount,
            at=self._at(values[4], number), fee_milli=-self._signed(values[14], number, "商户手续费") * MILLI,
            flow_number=values[3], title=f"差错 {values[0]}",
        )  # fmt: skip

    def _cents(self, text: str, row: int, column: str) -> int:
        if not (text.isascii() and text.isdigit()):
            raise self.cells.fault(row, f"{column} {text!r} is no amount in cents")
        return int(text)

    def _signed(self, text: str, row: int, column: str) -> int:
        """`C` comes to us, `D` goes from us; an empty cell is 0."""
        if not text:
            return 0
        if text[0] not in "CD":
            raise self.cells.fault(row, f"{column} {text!r} begins with neither C nor D")
        size = self._cents(text[1:].strip(), row, column)
        return size if text[0] == "C" else -size

    def _at(self, text: str, row: int) -> int:
        if not (text.isdigit() and len(text) == 10):
            raise self.cells.fault(row, f"交易传输时间 {text!r} is not MMDDhhmmss")
        year = self.cleared_on.year - (1 if int(text[:2]) > self.cleared_on.month else 0)
        return self.cells.at(
            f"{year}-{text[:2]}-{text[2:4]} {text[4:6]}:{text[6:8]}:{text[8:10]}", row, "交易传输时间"
        )


class UnionpayReader:
    """ZM_ and ZME_ files, told by their names."""

    channel = "unionpay"
    holds_payouts = True

    def knows(self, files: list[BillFile]) -> bool:
        """Whether a file is named as UnionPay names them."""
        return any(_NAME.search(file.name) for file in files)

    def read(self, files: list[BillFile], expected: Expected) -> BillContent:
        """The bill; of an archive, the transactions."""
        named = [(found[4] == "ZME", file) for file in files if (found := _NAME.search(file.name))]
        if not named:
            raise BillUnreadable("no file is named INN…ZM_ or INN…ZME_; keep the names as downloaded")
        errors, file = min(named, key=lambda one: one[0])
        content = BillContent(
            kind=BillKind.TRADE, form="unionpay.zme" if errors else "unionpay.zm",
            variant="errors" if errors else "all", rows=iter(()),
        )  # fmt: skip
        content.rows = _Bill(file, expected, content).walk()
        return content
