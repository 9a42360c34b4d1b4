"""CSV statements of banks by template: which header names hold the time, what came, what went, the balance.

The template is `csv_template` in the account's details; what it leaves out is taken from GENERAL, which knows the
usual names. Lines above the header are passed over.
"""

import csv
from collections.abc import Iterator, Mapping
from typing import Any

from zhanggui.settlement.reconciliation.errors import BillBalanceBroken, BillHeaderRefused
from zhanggui.settlement.reconciliation.files.cells import Cells
from zhanggui.settlement.reconciliation.files.columns import places
from zhanggui.settlement.reconciliation.files.text import GB18030, UTF8, encoding_of, lines
from zhanggui.settlement.reconciliation.kinds import BillKind, RowKind
from zhanggui.settlement.reconciliation.records import BillContent, BillFile, BillRow, Expected

GENERAL: Mapping[str, tuple[str, ...]] = {
    "time": ("交易时间", "交易日期", "记账日期", "日期", "Date", "date", "Booking date"),
    "amount": ("交易金额", "发生额", "金额", "Amount", "amount"),
    "in": ("收入金额", "贷方发生额", "贷方金额", "贷方", "收入", "Credit", "credit"),
    "out": ("支出金额", "借方发生额", "借方金额", "借方", "支出", "Debit", "debit"),
    "balance": ("余额", "账户余额", "Balance", "balance"),
    "reference": ("客户业务编号", "凭证号", "业务参考号", "Reference", "reference"),
    "bank_reference": ("交易流水号", "流水号", "核心流水号", "Bank reference", "bank_reference"),
    "party": ("对方户名", "对方账户名称", "Counterparty", "counterparty"),
    "memo": ("摘要", "用途", "附言", "备注", "Details", "memo"),
}
_DECIDING = tuple(GENERAL["time"])


class _Statement:
    def __init__(self, file: BillFile, encoding: str, expected: Expected, content: BillContent) -> None:
        self.file, self.encoding, self.expected, self.content = file, encoding, expected, content
        self.cells = Cells(file.name, expected.currency, expected.zone)
        template: dict[str, Any] = expected.details.get("csv_template") or {}
        self.delimiter = str(template.get("delimiter", ","))[:1] or ","
        named = template.get("columns", {})
        self.names = {key: ((named[key],) if named.get(key) else names) for key, names in GENERAL.items()}
        self.place: dict[str, int] = {}

    def walk(self) -> Iterator[BillRow]:
        """Every row below the header."""
        header: dict[str, int] = {}
        for number, line in lines(self.file, self.encoding):
            if not line.strip():
                continue
            values = [value.strip() for value in next(csv.reader([line], delimiter=self.delimiter))]
            if not header:
                if any(value in self.names["time"] for value in values):
                    header = self._header(values)
                continue
            if len(values) <= max(header.values()):
                raise self.cells.fault(number, f"has {len(values)} values, fewer than the header")
            yield self._row(number, {name: values[at] if at >= 0 else "" for name, at in header.items()})
        if not header:
            raise BillHeaderRefused(
                f"{self.file.name}: no line names a column {self.names['time'][0]}; set csv_template of the"
                " account to the names that this bank uses"
            )

    def _header(self, values: list[str]) -> dict[str, int]:
        one_sided = any(value in self.names["amount"] for value in values)
        sides = {"amount"} if one_sided else {"in", "out"}
        return places(
            values,
            wanted={key: names for key, names in self.names.items() if key == "time" or key in sides},
            optional={
                key: names for key, names in self.names.items()
                if key not in ("time", "amount", "in", "out")
            }, name=self.file.name,
        )  # fmt: skip

    def _row(self, number: int, got: dict[str, str]) -> BillRow:
        if "amount" in got:
            amount = self.cells.minor(got["amount"].replace(",", ""), number, "amount")
        else:
            comes = self.cells.minor(got["in"].replace(",", ""), number, "in")
            amount = comes - abs(self.cells.minor(got["out"].replace(",", ""), number, "out"))
        balance = None
        if got["balance"]:
            balance = self.cells.minor(got["balance"].replace(",", ""), number, "balance")
            if self.content.closing is None:
                self.content.opening = balance - amount
            elif self.content.closing + amount != balance:
                raise BillBalanceBroken(
                    f"{self.file.name}, row {number}: the balance {got['balance']} does not follow from the row"
                    " before; rows are missing or not in order of time: export the statement again",
                    row=number,
                )
            self.content.closing = balance
        return BillRow(
            number=number, kind=int(RowKind.BANK_IN if amount >= 0 else RowKind.BANK_OUT), amount=amount,
            at=self.cells.at(got["time"], number, "time"), own_number=got["reference"],
            channel_number=got["bank_reference"], balance=balance, title=got["party"], memo=got["memo"],
        )  # fmt: skip


class BankCsvReader:
    """Any CSV with a column of times and one or two of amounts."""

    channel = "bank"

    def knows(self, files: list[BillFile]) -> bool:
        """Whether the one file is text with a header of known names, or anything but XML and MT940."""
        head = files[0].head.lstrip(b"\xef\xbb\xbf \r\n")
        # "Unicode text" of a spreadsheet: known, so that it is told why it is refused.
        text = b"\0" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff"))
        return len(files) == 1 and text and not head.startswith((b"<", b"{", b":"))

    def read(self, files: list[BillFile], expected: Expected) -> BillContent:
        """The statement; its refusals come while the rows are walked."""
        template = expected.details.get("csv_template") or {}
        words = (
            (template.get("columns", {}).get("time"),)
            if template.get("columns", {}).get("time")
            else _DECIDING
        )
        encoding = encoding_of(files[0], words=words, allowed=(UTF8, GB18030)) or UTF8
        content = BillContent(kind=BillKind.STATEMENT, form="bank.csv", variant="all", rows=iter(()))
        content.rows = _Statement(files[0], encoding, expected, content).walk()
        return content
