"""A merchant's own file: CSV or xlsx, columns found by the names it gives, bounded in size and rows."""

import csv
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from zhanggui.files.checking import MEGABYTE, Taken, check_file
from zhanggui.files.kinds import Kind
from zhanggui.money.decimals import parse_minor
from zhanggui.money.errors import MoneyError
from zhanggui.settlement.reconciliation.errors import CheckFileRefused

_TEXT = frozenset({Kind.TEXT})
CHECK_FILES = Taken(
    {".csv": _TEXT, ".txt": _TEXT, ".xlsx": frozenset({Kind.XLSX})},
    most_bytes=50 * MEGABYTE, most_unpacked=512 * MEGABYTE,
)  # fmt: skip
MOST_ROWS = 200_000
ORDER_NAMES = ("订单号", "订单编号", "商户订单号", "order_no", "Order", "Order number")
AMOUNT_NAMES = ("结算金额", "应结金额", "金额", "amount", "Amount", "Net")


PARTS = ("refund", "fee")
"""What a file may say beside its amounts, where its columns are named."""


class CheckRow(NamedTuple):
    """One row: where it stands in the file, its order, its amount, and what refunds and fees took, minor units."""

    number: int
    order_no: str
    amount: int
    refund: int = 0
    fee: int = 0


def read_check_file(path: Path, *, name: str, mapping: Mapping[str, str], currency: str) -> list[CheckRow]:
    """This function will read the file's rows. `mapping` names the columns `order` and `amount`; what it leaves
    empty is looked for under usual names. It may name `refund` and `fee`, too: amounts that were taken, in a column
    written with or without minus signs (one that adds up to less than nothing is turned round); an empty cell is
    nothing. Raises CheckFileRefused, HandedFileRefused."""
    source = _rows(path, name)
    number, header = next(source, (0, []))
    if not header:
        raise CheckFileRefused(f"{name} is empty; choose the right file")
    order = _place(header, mapping.get("order", ""), ORDER_NAMES, name)
    amount = _place(header, mapping.get("amount", ""), AMOUNT_NAMES, name)
    more = {part: _place(header, mapping[part], (), name) for part in PARTS if mapping.get(part)}
    found: list[CheckRow] = []
    for number, cells in source:
        if not any(cells):
            continue
        if len(found) >= MOST_ROWS:
            raise CheckFileRefused(f"{name} has more than {MOST_ROWS:,} rows; cut it into months")
        if len(cells) <= max(order, amount, *more.values()):
            raise CheckFileRefused(f"{name}, row {number}: has fewer cells than the header; correct the file")
        order_no = cells[order].strip("`'\t ")
        value = _amount(cells[amount], currency, name, number)
        taken = {part: _amount(cells[at] or "0", currency, name, number) for part, at in more.items()}
        if not order_no or len(order_no) > 64:
            raise CheckFileRefused(f"{name}, row {number}: has no order number of 1 to 64 characters")
        found.append(CheckRow(number, order_no, value, **taken))
    turned = {part for part in more if sum(getattr(row, part) for row in found) < 0}
    return (
        [row._replace(**{part: -getattr(row, part) for part in turned}) for row in found] if turned else found
    )


def _amount(cell: str, currency: str, name: str, number: int) -> int:
    try:
        return parse_minor(cell.strip("`'\t ").replace(",", ""), currency)
    except MoneyError as error:
        raise CheckFileRefused(
            f"{name}, row {number}: {cell!r} is no amount; correct the row and try again"
        ) from error


def headers_of(path: Path, *, name: str) -> list[str]:
    """This function will return the names of the file's columns. Raises CheckFileRefused, HandedFileRefused."""
    return next(_rows(path, name), (0, []))[1]


def _rows(path: Path, name: str) -> Iterator[tuple[int, list[str]]]:
    with path.open("rb") as stream:
        ending = check_file(stream, name=name, taken=CHECK_FILES)
    return _sheet(path, name) if ending == ".xlsx" else _separated(path, name)


def check_digest(path: Path) -> bytes:
    """This function will return the SHA-256 of the file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


def _place(header: list[str], wanted: str, usual: tuple[str, ...], name: str) -> int:
    plain = [cell.strip("`\ufeff\t ") for cell in header]
    for one in (wanted,) if wanted else usual:
        if one in plain:
            return plain.index(one)
    raise CheckFileRefused(
        f"{name} has no column {wanted or usual[0]!r}; its columns are: {', '.join(plain)[:300]}; say which one it is"
    )


def _separated(path: Path, name: str) -> Iterator[tuple[int, list[str]]]:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        yield from enumerate(csv.reader(text.splitlines()), start=1)
        return
    raise CheckFileRefused(f"{name} is neither UTF-8 nor GBK text; save it as CSV (UTF-8) or xlsx")


def _sheet(path: Path, name: str) -> Iterator[tuple[int, list[str]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            yield number, [_plain(cell) for cell in cells]
    except (CalamineError, OSError, ValueError) as error:
        raise CheckFileRefused(f"{name} cannot be read as a workbook ({error}); save it again") from error


def _plain(cell: Any) -> str:
    """A cell as text; numbers of a sheet are binary fractions, shown as people see them: two decimals at most."""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, int):
        return str(cell)
    text = repr(cell) if type(cell).__name__ == "float" else str(cell)
    if type(cell).__name__ == "float":
        return str(int(cell)) if cell == int(cell) else f"{cell:.10f}".rstrip("0")
    return text.strip()
