"""The published files by name, and those that are joined to orders, held in memory by their key.

Only the orders file is streamed; lines, payments, customers, products and sellers are looked up by key in
any order, so they are held, as small tuples (the whole published set takes about 100 MB).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from zhanggui.money.decimals import parse_minor
from zhanggui.money.errors import MoneyError
from zhanggui.settlement.intake.formats.errors import SourceNotFound
from zhanggui.settlement.intake.formats.separated import SeparatedRow, read_rows
from zhanggui.settlement.intake.records import RejectRecord

CURRENCY: Final = "BRL"
ORDERS: Final = "olist_orders_dataset"
ITEMS: Final = "olist_order_items_dataset"
PAYMENTS: Final = "olist_order_payments_dataset"
CUSTOMERS: Final = "olist_customers_dataset"
PRODUCTS: Final = "olist_products_dataset"
SELLERS: Final = "olist_sellers_dataset"
TRANSLATIONS: Final = "product_category_name_translation"
NAMES: Final = (ORDERS, ITEMS, PAYMENTS, CUSTOMERS, PRODUCTS, SELLERS, TRANSLATIONS)


class Item(NamedTuple):
    """A row of the items file: one unit of one product of one seller."""

    number: str
    product: str
    seller: str
    price: int
    freight: int


class Payment(NamedTuple):
    """A row of the payments file."""

    sequence: int
    method: str
    instalments: int
    value: int


class Seller(NamedTuple):
    """A row of the sellers file."""

    city: str
    state: str


@dataclass(slots=True)
class Tables:
    """Everything but the orders, by key. `broken` names orders that lost a row; they are refused whole."""

    items: dict[str, list[Item]] = field(default_factory=dict)
    payments: dict[str, list[Payment]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    categories: dict[str, str] = field(default_factory=dict)
    sellers: dict[str, Seller] = field(default_factory=dict)
    translations: dict[str, str] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    rejects: list[RejectRecord] = field(default_factory=list)


def file_at(folder: Path, name: str) -> Path:
    """The published file `name` in `folder`, plain or packed. Raises SourceNotFound."""
    for ending in (".csv", ".csv.gz"):
        if (folder / (name + ending)).exists():
            return folder / (name + ending)
    raise SourceNotFound(
        f"{folder} has no {name}.csv (or .csv.gz); the Olist format needs {', '.join(NAMES)}.",
        path=str(folder),
        missing=name,
    )


def rows_of(folder: Path, name: str, columns: tuple[str, ...]) -> Iterator[tuple[SeparatedRow, list[str]]]:
    """Every row of a published file with the named columns in that order; a broken row with what it has.

    Raises SourceNotFound, HeaderRefused and what reading lines raises.
    """
    positions, rows = read_rows(file_at(folder, name), required=columns)
    wanted = [positions[column] for column in columns]
    for row in rows:
        have = len(row.cells)
        yield row, [row.cells[position] if position < have else "" for position in wanted]


def load_tables(folder: Path) -> Tables:
    """Read all files but the orders. Raises as `rows_of`; bad rows become rejects."""
    tables = Tables()
    _load_items(folder, tables)
    _load_payments(folder, tables)
    tables.states = _pairs(folder, CUSTOMERS, ("customer_id", "customer_state"), tables)
    tables.categories = _pairs(folder, PRODUCTS, ("product_id", "product_category_name"), tables)
    tables.translations = _pairs(
        folder, TRANSLATIONS, ("product_category_name", "product_category_name_english"), tables
    )
    for row, (code, city, state) in rows_of(folder, SELLERS, ("seller_id", "seller_city", "seller_state")):
        if row.fault:
            _refuse(tables, SELLERS, row, row.code, row.fault)
        else:
            tables.sellers[code] = Seller(city, state)
    return tables


def _load_items(folder: Path, tables: Tables) -> None:
    columns = ("order_id", "order_item_id", "product_id", "seller_id", "price", "freight_value")
    for row, (order, number, product, seller, price, freight) in rows_of(folder, ITEMS, columns):
        try:
            if row.fault:
                raise ValueError(row.fault)
            item = Item(number, product, seller, _amount(price), _amount(freight))
        except (ValueError, MoneyError) as error:
            _refuse(tables, ITEMS, row, row.code or "amount_refused", str(error))
            tables.broken.add(order)
            continue
        tables.items.setdefault(order, []).append(item)


def _load_payments(folder: Path, tables: Tables) -> None:
    columns = ("order_id", "payment_sequential", "payment_type", "payment_installments", "payment_value")
    for row, (order, sequence, method, instalments, value) in rows_of(folder, PAYMENTS, columns):
        try:
            if row.fault:
                raise ValueError(row.fault)
            payment = Payment(int(sequence), method, int(instalments), _amount(value))
        except (ValueError, MoneyError) as error:
            _refuse(tables, PAYMENTS, row, row.code or "amount_refused", str(error))
            tables.broken.add(order)
            continue
        tables.payments.setdefault(order, []).append(payment)


def _pairs(folder: Path, name: str, columns: tuple[str, str], tables: Tables) -> dict[str, str]:
    """Two columns of a file as a mapping; texts that repeat are held once."""
    held: dict[str, str] = {}
    found: dict[str, str] = {}
    for row, (key, value) in rows_of(folder, name, columns):
        if row.fault:
            _refuse(tables, name, row, row.code, row.fault)
        else:
            found[key] = held.setdefault(value, value)
    return found


def _amount(text: str) -> int:
    """Cents of a price as published. Raises MoneyError, ValueError for a negative one."""
    minor = parse_minor(text, CURRENCY)
    if minor < 0:
        raise ValueError(f"the amount {text} is negative")
    return minor


def _refuse(tables: Tables, name: str, row: SeparatedRow, code: str, reason: str) -> None:
    message = f"Row {row.number} of {name} cannot be used: {reason}"
    tables.rejects.append(RejectRecord(row.number, code, message, row.raw()))
