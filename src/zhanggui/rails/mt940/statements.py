"""MT940 customer statements: own parser, by tags; pages (60M/62M) are chained, and opening and entries must
come to closing."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from zhanggui.settlement.reconciliation.errors import BillBalanceBroken, BillOfAnother, BillUnreadable
from zhanggui.settlement.reconciliation.files.cells import Cells
from zhanggui.settlement.reconciliation.files.text import UTF8, lines
from zhanggui.settlement.reconciliation.kinds import BillKind, RowKind
from zhanggui.settlement.reconciliation.records import BillContent, BillFile, BillRow, Expected

_TAG = re.compile(r":(\d{2}[A-Z]?):(.*)")
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})(\d+,\d*)")
_ENTRY = re.compile(
    r"(\d{6})(\d{4})?(R?[CD])([A-Z])?(\d+,\d*)([NFS][A-Z0-9]{3})([^\n/]*(?:/[^/\n]+)*?)(?://([^\n]*))?(?:\n(.*))?",
    re.DOTALL,
)


class _Statement:
    def __init__(self, file: BillFile, expected: Expected, content: BillContent) -> None:
        self.file, self.expected, self.content = file, expected, content
        self.cells = Cells(file.name, expected.currency, expected.zone)
        self.running: int | None = None
        self.closed = True
        self.entry: tuple[int, str] | None = None
        self.memo = ""

    def walk(self) -> Iterator[BillRow]:
        """Every entry (:61: with the :86: that follows it)."""
        for row, tag, text in self._fields():
            if self.entry and tag != "86":
                yield self._made()
            if tag == "25":
                self._refuse_another(text.strip())
            elif tag in ("60F", "60M"):
                self._open(row, tag, text)
            elif tag == "61":
                self.entry = (row, text)
            elif tag == "86" and self.entry:
                self.memo = " ".join(text.split())
            elif tag in ("62F", "62M"):
                self._close(row, text)
        if self.entry:
            yield self._made()
        if self.running is None or not self.closed:
            raise BillUnreadable(f"{self.file.name} breaks off before its closing balance; fetch it again")

    def _fields(self) -> Iterator[tuple[int, str, str]]:
        """Tags with their text, lines of one field joined by line ends; block marks are left out."""
        row, tag, text = 0, "", ""
        for number, line in lines(self.file, UTF8):
            if line.startswith("{") and ":20:" in line:
                line = line[line.index(":20:") :]
            found = _TAG.match(line)
            if found or line.startswith(("-", "{")):
                if tag:
                    yield row, tag, text
                row, tag, text = (number, found[1], found[2]) if found else (0, "", "")
            elif tag:
                text += "\n" + line
        if tag:
            yield row, tag, text

    def _refuse_another(self, account: str) -> None:
        wanted = self.expected.merchant_number
        if wanted and not account.replace(" ", "").endswith(wanted.replace(" ", "").split("/")[-1]):
            raise BillOfAnother(
                f"{self.file.name}: the statement is of account {account}, ours ends in {wanted}; choose the"
                " account that it belongs to"
            )
        self.content.merchant_number = account

    def _balance(self, row: int, text: str) -> tuple[date, int]:
        found = _BALANCE.match(text)
        if found is None:
            raise self.cells.fault(row, f"balance {text!r} cannot be read")
        if found[3] != self.expected.currency:
            raise BillOfAnother(
                f"{self.file.name}, row {row}: is in {found[3]}, the account in {self.expected.currency}; choose"
                " the account that it belongs to",
                row=row,
            )
        size = self.cells.minor(found[4].replace(",", ".").rstrip("."), row, "balance")
        return _day(found[2]), size if found[1] == "C" else -size

    def _open(self, row: int, tag: str, text: str) -> None:
        day, amount = self._balance(row, text)
        if self.running is None:
            self.content.opening = amount
        elif amount != self.running:
            raise BillBalanceBroken(
                f"{self.file.name}, row {row}: opens with {amount} (minor units), the page before ends with"
                f" {self.running}; a page is missing: fetch the statement again",
                row=row,
            )
        self.running, self.closed = amount, False
        del day, tag

    def _close(self, row: int, text: str) -> None:
        day, amount = self._balance(row, text)
        if amount != self.running:
            raise BillBalanceBroken(
                f"{self.file.name}, row {row}: closes with {amount} (minor units), its entries come to"
                f" {self.running}; an entry is missing: fetch the statement again",
                row=row,
            )
        self.content.closing, self.closed = amount, True
        self.content.told["closing"] = text
        self.content.starts_on = min(self.content.starts_on or day, day)
        last = day + timedelta(days=1)
        self.content.ends_before = max(self.content.ends_before or last, last)

    def _made(self) -> BillRow:
        assert self.entry is not None
        row, text = self.entry
        memo, self.entry, self.memo = self.memo, None, ""
        found = _ENTRY.fullmatch(text)
        if found is None or self.running is None:
            raise self.cells.fault(row, f"entry {text[:60]!r} cannot be read")
        size = self.cells.minor(found[5].replace(",", ".").rstrip("."), row, "amount")
        amount = size if found[3] in ("C", "RD") else -size
        self.running += amount
        day = _day(found[1])
        reference = (found[7] or "").strip()
        self.content.starts_on = min(self.content.starts_on or day, day)
        return BillRow(
            number=row, kind=int(RowKind.BANK_IN if amount >= 0 else RowKind.BANK_OUT), amount=amount,
            at=self.cells.at(day.isoformat(), row, "value date"),
            own_number="" if reference == "NONREF" else reference, channel_number=(found[8] or "").strip(),
            balance=self.running, title=found[6], memo=memo or " ".join((found[9] or "").split()),
        )  # fmt: skip


def _day(text: str) -> date:
    return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]))


class Mt940Reader:
    """Told by its tags."""

    channel = "bank"

    def knows(self, files: list[BillFile]) -> bool:
        """Whether the one file begins as an MT940 message does."""
        return len(files) == 1 and b":20:" in files[0].head and b":60" in files[0].head

    def read(self, files: list[BillFile], expected: Expected) -> BillContent:
        """The statement; its refusals come while the rows are walked."""
        content = BillContent(kind=BillKind.STATEMENT, form="bank.mt940", variant="all", rows=iter(()))
        content.rows = _Statement(files[0], expected, content).walk()
        return content
