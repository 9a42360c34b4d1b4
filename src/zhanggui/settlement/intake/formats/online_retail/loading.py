"""Reading the file: every row is judged by itself, and is either held or refused with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from zhanggui.money.decimals import parse_decimal
from zhanggui.money.errors import MoneyError
from zhanggui.money.rounding import round_ratio
from zhanggui.settlement.intake.formats.errors import SourceTruncated
from zhanggui.settlement.intake.formats.online_retail.rows import (
    COLUMNS,
    ROUNDING,
    Invoice,
    InvoiceRows,
    RowClass,
)
from zhanggui.settlement.intake.formats.separated import SeparatedRow, read_rows
from zhanggui.settlement.intake.formats.times import parse_time
from zhanggui.settlement.intake.records import RejectRecord

_INVOICE: Final = re.compile(r"[AC]?[0-9]{1,20}")
_QUANTITY: Final = re.compile(r"-?[0-9]{1,9}")
_LONGEST_CODE: Final = 64
_LONGEST_TITLE: Final = 200
#: More than any sale; sums of many lines stay within 64 bits.
_LARGEST_PENNIES: Final = 10**15
#: Pennies are hundredths.
_DECIMALS: Final = 2


def load_rows(path: Path, tz: ZoneInfo) -> InvoiceRows:
    """Read and judge every row. Where the source breaks off, the invoice being read is marked as broken,
    since rows of it may be missing. Raises SourceNotFound, SourceUnreadable, SourceEmpty, HeaderRefused."""
    positions, rows = read_rows(path, required=COLUMNS)
    return _Loader(tz, [positions[name] for name in COLUMNS]).load(rows)


class _Loader:
    """Fills InvoiceRows; remembers times, prices and invoices already parsed, since they repeat."""

    def __init__(self, tz: ZoneInfo, order: list[int]) -> None:
        self._tz = tz
        self._order = order
        self._held = InvoiceRows()
        self._times: dict[str, datetime] = {}
        self._prices: dict[str, tuple[int, int]] = {}
        self._invoices: dict[str, int] = {}
        self._lost: set[str] = set()

    def load(self, rows: Iterator[SeparatedRow]) -> InvoiceRows:
        """Hold every good row, note every bad one."""
        last = ""
        try:
            for row in rows:
                last = self._take(row)
        except SourceTruncated as cut:
            self._held.cut = cut
            self._lost.add(last)
        for number in self._lost & self._invoices.keys():
            self._held.invoices[self._invoices[number]].broken = True
        return self._held

    def _take(self, row: SeparatedRow) -> str:
        """Hold the row or refuse it; its invoice number."""
        if row.fault:
            number = row.cells[self._order[0]] if len(row.cells) > self._order[0] else ""
            self._refuse(row, row.code, row.fault, number)
            return number
        cells = [row.cells[position] for position in self._order]
        try:
            self._hold(row.number, cells)
        except (ValueError, MoneyError) as error:
            self._refuse(row, "row_refused", f"cannot be used: {error}", cells[0])
        return cells[0]

    def _hold(self, row_number: int, cells: list[str]) -> None:
        """Append the row to the columns. Raises ValueError, MoneyError; nothing is appended then."""
        number, stock, title, quantity_text, time_text, price_text, customer, country = cells
        if not _INVOICE.fullmatch(number):
            raise ValueError(f"InvoiceNo {number!r} is not a number, with an A or C before it or not")
        if not stock or max(len(stock), len(country), len(customer)) > _LONGEST_CODE:
            raise ValueError(
                f"StockCode must be filled; it, Country and CustomerID fit {_LONGEST_CODE} characters"
            )
        if len(title) > _LONGEST_TITLE:
            raise ValueError(f"Description has {len(title)} characters; at most {_LONGEST_TITLE} fit")
        if not _QUANTITY.fullmatch(quantity_text):
            raise ValueError(f"Quantity {quantity_text!r} is not a whole number of at most nine digits")
        quantity = int(quantity_text)
        digits, scale = self._price(price_text)
        invoiced_at = self._time(time_text)
        exact = quantity * digits * 10**_DECIMALS
        pennies = round_ratio(exact, 10**scale, ROUNDING) if scale > _DECIMALS else exact // 10**scale
        if abs(pennies) > _LARGEST_PENNIES:
            raise ValueError(f"Quantity × UnitPrice is {pennies} pence, which cannot be")
        kind = row_class(number, quantity, digits, pennies)
        held = self._held
        invoice = self._invoices.get(number)
        if invoice is None:
            invoice = self._invoices[number] = len(held.invoices)
            buyer = held.customers.position_of(customer.removesuffix(".0"))
            held.invoices.append(Invoice(number, row_number, invoiced_at, buyer, country))
        held.number.append(row_number)
        held.invoice.append(invoice)
        held.kind.append(kind)
        held.stock.append(held.stocks.position_of(stock))
        held.title.append(held.titles.position_of(title.strip()))
        held.quantity.append(quantity)
        held.pennies.append(pennies)

    def _price(self, text: str) -> tuple[int, int]:
        found = self._prices.get(text)
        if found is None:
            found = self._prices[text] = parse_decimal(text)
        return found

    def _time(self, text: str) -> datetime:
        found = self._times.get(text)
        if found is None:
            found = self._times[text] = parse_time(text, self._tz)
        return found

    def _refuse(self, row: SeparatedRow, code: str, reason: str, invoice_number: str) -> None:
        self._lost.add(invoice_number)
        message = f"Row {row.number} {reason.rstrip('.')}."
        self._held.rejects.append(RejectRecord(row.number, code, message, row.raw()))


def row_class(number: str, quantity: int, price_digits: int, pennies: int) -> RowClass:
    """The class of a row, by the letter of its invoice and the signs of quantity and price.

    Raises ValueError for the combinations that the published data does not have.
    """
    if number[0] == "A":
        return RowClass.BAD_DEBT
    if price_digits < 0:
        raise ValueError("a negative UnitPrice is only known on adjustments (InvoiceNo with an A)")
    if quantity == 0:
        raise ValueError("a Quantity of 0 says nothing")
    if price_digits == 0:
        return RowClass.FREE_ITEM if quantity > 0 else RowClass.STOCK_COUNT
    if (number[0] == "C") != (quantity < 0):
        raise ValueError("a negative Quantity with a price goes with an InvoiceNo with a C, and only there")
    if pennies == 0:
        return RowClass.BELOW_A_PENNY
    return RowClass.SALE if quantity > 0 else RowClass.CANCELLATION
