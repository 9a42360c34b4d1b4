"""Rows of one table (CSV, Parquet) to records: the rows of an order stand together and are taken whole.

A row that cannot be used refuses its whole order, since an order that lost a line would settle wrongly. Where
a broken row does not even tell its order, the orders on both sides of it are refused: it may be of either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import ZoneInfo

from zhanggui.settlement.intake.formats.separated import shortened
from zhanggui.settlement.intake.formats.zhanggui.assembling import (
    add_line,
    add_payment,
    dimension_of,
    line_of,
    order_of,
    party_of,
    payment_of,
    refund_of,
    require_currency,
)
from zhanggui.settlement.intake.formats.zhanggui.cells import Cells, RowRefused
from zhanggui.settlement.intake.formats.zhanggui.columns import ALLOWED, Part, names_of
from zhanggui.settlement.intake.records import OrderRecord, Record, RejectRecord

_HEAD: Final = names_of(Part.ORDER) | names_of(Part.MONEY)
#: What makes a row hold a line: some columns of lines are filled. The same for payments.
_LINE: Final = names_of(Part.LINE)
_PAYMENT: Final = names_of(Part.PAYMENT)


@dataclass(slots=True)
class FlatRow:
    """One row: its filled cells by column. With a `fault` only `order_no` counts, as far as it could be told.

    `shown` gives the row's text for the account of refused rows; most rows never need it.
    """

    number: int
    values: Mapping[str, Any]
    shown: Callable[[], str]
    fault: str = ""
    code: str = ""
    order_no: str = ""


@dataclass(slots=True)
class _Pending:
    """The order whose rows are being read. `order` is None if its first row was refused."""

    order_no: str
    order: OrderRecord | None = None
    head: dict[str, Any] = field(default_factory=dict)
    good_rows: list[int] = field(default_factory=list)
    refused: bool = False


class FlatReader:
    """Takes rows in order, yields records."""

    def __init__(self, tz: ZoneInfo, currency: str) -> None:
        self._tz = tz
        self._currency = currency
        self._pending: _Pending | None = None
        #: Orders that lost a row before their first good one.
        self._lost: set[str] = set()
        #: The row before could not tell its order.
        self._doubt = False

    def records(self, rows: Iterable[FlatRow]) -> Iterator[Record]:
        """The records of `rows`. If `rows` breaks off with an exception, the order being read is dropped."""
        for row in rows:
            try:
                yield from self._take(row)
            except RowRefused as refused:
                yield from self._refuse(row, refused.code, refused.reason)
        yield from self._finish()

    def _take(self, row: FlatRow) -> Iterator[Record]:
        """The records that `row` completes. Raises RowRefused."""
        if row.fault:
            raise RowRefused(row.code, row.fault)
        cells = Cells(row.values, self._tz)
        record = cells.text("record")
        allowed = ALLOWED.get(record)
        if allowed is None:
            raise RowRefused(
                "record_unknown", f"has {record!r} in record; it must be one of {', '.join(ALLOWED)}"
            )
        surplus = sorted(cells.filled - allowed)
        if surplus:
            raise RowRefused(
                "column_not_of_record", f"fills {surplus[0]}, which a row of a {record} does not have"
            )
        if record == "order":
            yield from self._take_order(row, cells)
            return
        yield from self._finish()
        self._doubt = False
        if record == "refund":
            require_currency(cells, self._currency)
            yield refund_of(row.number, cells)
        elif record == "party":
            yield party_of(cells)
        else:
            yield dimension_of(cells)

    def _take_order(self, row: FlatRow, cells: Cells) -> Iterator[Record]:
        cells.require("order_no")
        order_no = cells.text("order_no")
        if self._pending is None or self._pending.order_no != order_no:
            yield from self._finish()
            self._pending = _Pending(order_no, refused=order_no in self._lost or self._doubt)
            self._doubt = False
        pending = self._pending
        require_currency(cells, self._currency)
        head = {name: row.values[name] for name in cells.filled & _HEAD}
        if pending.order is None:
            pending.order = order_of(row.number, cells)
            pending.head = head
        for name, value in head.items():
            if pending.head.get(name) != value:
                raise RowRefused(
                    "order_rows_disagree", f"says another {name} than the first row of order {order_no}"
                )
        if cells.filled & _LINE:
            add_line(pending.order, line_of(cells))
        if cells.filled & _PAYMENT:
            values = {name.removeprefix("pay_"): row.values[name] for name in cells.filled & _PAYMENT}
            add_payment(pending.order, payment_of(Cells(values, self._tz, prefix="pay_")))
        pending.good_rows.append(row.number)

    def _refuse(self, row: FlatRow, code: str, reason: str) -> Iterator[RejectRecord]:
        """The reject of one row; its order goes with it."""
        order_no = row.order_no or _text_of(row.values.get("order_no"))
        if _text_of(row.values.get("record")) in ("order", "") or row.fault:
            pending = self._pending
            if pending is not None and order_no in ("", pending.order_no):
                pending.refused = True
            if order_no:
                self._lost.add(order_no)
            else:
                self._doubt = True
        yield RejectRecord(row.number, code, f"Row {row.number} {reason}.", shortened(row.shown()))

    def _finish(self) -> Iterator[Record]:
        """Yield the order whose rows have all been read, or the rejects of its good rows."""
        pending, self._pending = self._pending, None
        if pending is None:
            return
        if not pending.refused and pending.order is not None:
            yield pending.order
            return
        for number in pending.good_rows:
            message = (
                f"Row {number} belongs to order {pending.order_no}, another row of which cannot be used."
            )
            yield RejectRecord(number, "order_has_refused_rows", message, pending.order_no)


def _text_of(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
