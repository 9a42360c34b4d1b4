"""The file as records: shops and dictionaries first, then invoices and cancellations by their time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy

from zhanggui.settlement.intake.formats.online_retail.categories import categories, category_of
from zhanggui.settlement.intake.formats.online_retail.countries import country_names
from zhanggui.settlement.intake.formats.online_retail.loading import load_rows
from zhanggui.settlement.intake.formats.online_retail.matching import SalesHistory
from zhanggui.settlement.intake.formats.online_retail.rows import Invoice, InvoiceRows, RowClass
from zhanggui.settlement.intake.formats.online_retail.shops import shop_of, shops
from zhanggui.settlement.intake.records import (
    DimensionRecord,
    LineRecord,
    NoteRecord,
    OrderRecord,
    Record,
    RefundRecord,
    RejectRecord,
)


def read_online_retail(path: Path, *, tz: ZoneInfo) -> Iterator[Record]:
    """Yield the shops, categories and countries, then orders, refunds and notes in the order of their time;
    times are read in `tz`.

    One invoice is one order; its lines may be of several shops. Every row of the file is in exactly one
    order line, cancellation (one or more refunds), note or reject; an invoice that has a bad row is
    refused whole. Raises SourceNotFound, SourceUnreadable, SourceEmpty, HeaderRefused, SourceTruncated.
    """
    held = load_rows(path, tz)
    yield from shops()
    yield from categories()
    for country in sorted({invoice.country for invoice in held.invoices}):
        yield DimensionRecord("region", country, country_names(country))
    yield from held.rejects
    yield from _Books(held).records()
    if held.cut is not None:
        raise held.cut


class _Books:
    """Goes through the invoices by time and remembers what is left of every sale."""

    def __init__(self, held: InvoiceRows) -> None:
        self._held = held
        self._categories = _categories_of(held)
        self._shops = [shop_of(stock) for stock in held.stocks.texts]
        self._history = SalesHistory(held.quantity[:], held.pennies[:])
        #: The number of each row inside its invoice, from 1: duplicates of a row are lines of their own.
        self._line_no: list[int] = [0] * len(held.number)

    def records(self) -> Iterator[Record]:
        """All orders, refunds, notes and whole-invoice rejects."""
        for invoice, rows in _rows_by_time(self._held):
            for position, row in enumerate(rows, start=1):
                self._line_no[row] = position
            if invoice.broken:
                yield from self._refused(invoice, rows)
                continue
            sales = [row for row in rows if self._held.kind[row] == RowClass.SALE]
            if sales:
                yield self._order(invoice, sales)
            refunds = 0
            for row in rows:
                match self._held.kind[row]:
                    case RowClass.SALE:
                        pass
                    case RowClass.CANCELLATION:
                        for refund in self._refunds(invoice, row, refunds):
                            refunds += 1
                            yield refund
                    case other:
                        category = RowClass(other).name.lower()
                        yield NoteRecord(self._held.number[row], category, self._held.pennies[row])

    def _order(self, invoice: Invoice, sales: list[int]) -> OrderRecord:
        """The invoice as an order; it is remembered for later cancellations."""
        at = invoice.invoiced_at
        lines = [self._line(row) for row in sales]
        buyer = self._held.customers.texts[invoice.customer]
        if buyer:
            for row in sales:
                self._history.add(invoice.customer, self._held.stock[row], row)
        # The file names no payments: without any, an order that was received counts as paid in full.
        return OrderRecord(
            row=invoice.first_row,
            order_no=invoice.number,
            ordered_at=at,
            status="received",
            paid_at=at,
            shipped_at=at,
            received_at=at,
            region=invoice.country,
            buyer=buyer,
            lines=lines,
            source_status="invoiced",
        )

    def _line(self, row: int) -> LineRecord:
        held = self._held
        stock = held.stock[row]
        code = held.stocks.texts[stock]
        return LineRecord(
            line_no=str(self._line_no[row]),
            merchant=self._shops[stock],
            sku=code,
            spu=code[:5] if self._shops[stock] != "shop-services" else code,
            quantity=held.quantity[row],
            goods=held.pennies[row],
            category=self._categories[stock],
            title=held.titles.texts[held.title[row]],
        )

    def _refunds(self, invoice: Invoice, row: int, before: int) -> Iterator[RefundRecord]:
        """The refunds of one cancellation row; `before` is how many its invoice has had already."""
        held = self._held
        stock = held.stock[row]
        quantity, pennies = -held.quantity[row], -held.pennies[row]
        # Without a customer there is no telling whose sale it was: an unnamed buyer matches nothing.
        matched = self._history.take_back(invoice.customer, stock, quantity, pennies)
        reason = held.titles.texts[held.title[row]]
        for number, piece in enumerate(matched.pieces, start=before + 1):
            yield RefundRecord(
                row=held.number[row],
                refund_no=f"{invoice.number}-{number}",
                order_no=held.invoices[held.invoice[piece.sale]].number,
                line_no=str(self._line_no[piece.sale]),
                quantity=piece.quantity,
                goods=piece.pennies,
                refunded_at=invoice.invoiced_at,
                reason=reason,
                merchant=self._shops[stock],
                sku=held.stocks.texts[stock],
            )
        if matched.rest_pennies:
            yield RefundRecord(
                row=held.number[row],
                refund_no=f"{invoice.number}-{before + len(matched.pieces) + 1}",
                order_no="",
                line_no="",
                quantity=matched.rest_quantity,
                goods=matched.rest_pennies,
                refunded_at=invoice.invoiced_at,
                kind="unmatched",
                reason=reason,
                merchant=self._shops[stock],
                sku=held.stocks.texts[stock],
            )

    def _refused(self, invoice: Invoice, rows: list[int]) -> Iterator[RejectRecord]:
        """The good rows of an invoice that lost one: half an order must not be settled."""
        for row in rows:
            number = self._held.number[row]
            message = (
                f"Row {number} belongs to invoice {invoice.number}, another row of which cannot be used."
            )
            yield RejectRecord(number, "order_has_refused_rows", message, invoice.number)


def _rows_by_time(held: InvoiceRows) -> Iterator[tuple[Invoice, list[int]]]:
    """Every invoice with the positions of its rows, by time and then by place in the file."""
    ranked = sorted(
        range(len(held.invoices)),
        key=lambda position: (held.invoices[position].invoiced_at, held.invoices[position].first_row),
    )
    of_row = (
        numpy.frombuffer(held.invoice, dtype=numpy.int32) if held.invoice else numpy.zeros(0, numpy.int32)
    )
    grouped = numpy.argsort(of_row, kind="stable")
    starts = numpy.searchsorted(of_row[grouped], numpy.arange(len(held.invoices) + 1))
    for position in ranked:
        yield held.invoices[position], grouped[starts[position] : starts[position + 1]].tolist()


def _categories_of(held: InvoiceRows) -> list[str]:
    """The category of every stock code, by the first description it was sold under."""
    first: dict[int, str] = {}
    for kind, stock, title in zip(held.kind, held.stock, held.title, strict=True):
        if kind == RowClass.SALE and stock not in first:
            first[stock] = held.titles.texts[title]
    return [category_of(code, first.get(stock, "")) for stock, code in enumerate(held.stocks.texts)]
