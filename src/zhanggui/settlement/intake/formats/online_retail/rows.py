"""The rows of the file, held as numbers: 541,909 of them take about 30 MB.

All rows are held because a cancellation may come months after its sale, and because the file does not keep
the rows of one invoice together everywhere (542806 comes back later).
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Final

from zhanggui.money.rounding import RoundingMode
from zhanggui.settlement.intake.formats.errors import SourceTruncated
from zhanggui.settlement.intake.records import RejectRecord

CURRENCY: Final = "GBP"
COLUMNS: Final = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)
#: Pennies are rounded once a line, halves away from zero.
ROUNDING: Final = RoundingMode.HALF_UP


class RowClass(IntEnum):
    """What a row is. Only the first two carry money between buyer and shop."""

    SALE = 0
    CANCELLATION = 1
    #: The shop's own bookkeeping of unpaid invoices (InvoiceNo begins with A): money, but of no sale.
    BAD_DEBT = 2
    #: Goods counted in or out of stock: a price of zero and a negative quantity.
    STOCK_COUNT = 3
    #: Goods given without a price.
    FREE_ITEM = 4
    #: A price so small that the line is worth less than half a penny.
    BELOW_A_PENNY = 5


@dataclass(slots=True)
class Invoice:
    """The head of an invoice, taken from its first row."""

    number: str
    first_row: int
    invoiced_at: datetime
    customer: int
    country: str
    broken: bool = False


@dataclass(slots=True)
class Pool:
    """Texts held once and named by their position."""

    texts: list[str] = field(default_factory=list)
    positions: dict[str, int] = field(default_factory=dict)

    def position_of(self, text: str) -> int:
        found = self.positions.get(text)
        if found is None:
            found = self.positions[text] = len(self.texts)
            self.texts.append(text)
        return found


@dataclass(slots=True)
class InvoiceRows:
    """All good rows as columns, their invoices, and the rejects. `cut` is set if the source broke off."""

    number: array[int] = field(default_factory=lambda: array("q"))
    invoice: array[int] = field(default_factory=lambda: array("i"))
    kind: array[int] = field(default_factory=lambda: array("b"))
    stock: array[int] = field(default_factory=lambda: array("i"))
    title: array[int] = field(default_factory=lambda: array("i"))
    quantity: array[int] = field(default_factory=lambda: array("q"))
    pennies: array[int] = field(default_factory=lambda: array("q"))
    invoices: list[Invoice] = field(default_factory=list)
    stocks: Pool = field(default_factory=Pool)
    titles: Pool = field(default_factory=Pool)
    customers: Pool = field(default_factory=Pool)
    rejects: list[RejectRecord] = field(default_factory=list)
    cut: SourceTruncated | None = None
