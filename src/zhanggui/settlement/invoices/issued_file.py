"""Reading a file of issued invoices: csv or xlsx, columns by their names, amounts in the invoice's currency."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from zhanggui.files.checking import MEGABYTE, Taken, check_content
from zhanggui.files.kinds import Kind
from zhanggui.money.decimals import parse_minor
from zhanggui.money.errors import MoneyError
from zhanggui.settlement.invoices.errors import IssuedFileRefused
from zhanggui.settlement.invoices.issued import Issued
from zhanggui.settlement.invoices.models import Invoice

MOST_ROWS = 50_000
ISSUED_FILES = Taken(
    {".csv": frozenset({Kind.TEXT}), ".xlsx": frozenset({Kind.XLSX})},
    most_bytes=20 * MEGABYTE, most_unpacked=512 * MEGABYTE,
)  # fmt: skip
COLUMNS = {
    "draft": ("draft", "草稿号", "单据编号", "业务单号"),
    "number": ("number", "invoice number", "发票号码", "数电票号码", "数电发票号码"),
    "code": ("code", "invoice code", "发票代码"),
    "date": ("date", "issued on", "开票日期"),
    "gross": ("gross", "total", "价税合计"),
    "tax": ("tax", "税额"),
}
NEEDED = ("draft", "number", "date")


@dataclass(frozen=True)
class IssuedRow:
    """One row of a file: which draft, and what the tax authority gave it."""

    row: int
    draft: str
    issued: Issued


def read_issued(name: str, content: bytes) -> list[IssuedRow]:
    """This function will read a file of issued invoices. Raises IssuedFileRefused with every row that cannot be
    read, or when it lacks a column, and what `files` refuses."""
    check_content(content, name=name, taken=ISSUED_FILES)
    table = list(_table(name, content))
    if not table:
        raise IssuedFileRefused(f"{name} is empty; its first row names the columns", rows=[])
    places = _places(name, table[0])
    rows, faults = [], []
    drafts = {_cell(cells, places.get("draft")) for cells in table[1:]}
    currencies = dict(Invoice.objects.filter(number__in=drafts).values_list("number", "currency"))
    for number, cells in enumerate(table[1:], start=2):
        if not any(str(cell).strip() for cell in cells):
            continue
        try:
            rows.append(_row(number, cells, places, currencies))
        except (ValueError, MoneyError) as wrong:
            faults.append({"row": number, "code": "unreadable", "message": f"{wrong}"})
    if faults:
        raise IssuedFileRefused(
            f"{len(faults)} of {len(table) - 1} rows are wrong, nothing was issued; first row {faults[0]['row']}:"
            f" {faults[0]['message']}",
            rows=faults,
        )
    return rows


def _table(name: str, content: bytes) -> Iterator[Sequence[Any]]:
    if name.lower().endswith(".xlsx"):
        try:
            sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        except (CalamineError, OSError, ValueError, IndexError) as wrong:
            raise IssuedFileRefused(
                f"{name} is not what it says: no spreadsheet ({wrong})", rows=[]
            ) from None
        found: Sequence[Sequence[Any]] = sheet.to_python()
    else:
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                text = content.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
        else:
            raise IssuedFileRefused(f"{name} is neither UTF-8 nor GB18030; save it as one of them", rows=[])
        found = list(csv.reader(io.StringIO(text)))
    if len(found) > MOST_ROWS:
        raise IssuedFileRefused(f"{name} has {len(found)} rows; at most {MOST_ROWS} at a time", rows=[])
    yield from found


def _places(name: str, head: Sequence[Any]) -> dict[str, int]:
    titles = [str(cell).strip().lower() for cell in head]
    places = {
        column: titles.index(known)
        for column, names in COLUMNS.items()
        for known in reversed(names)
        if known in titles
    }
    lacking = [column for column in NEEDED if column not in places]
    if lacking:
        raise IssuedFileRefused(
            f"{name} lacks the columns {', '.join(lacking)}; its first row has to name them",
            rows=[],
            lacking=lacking,
        )
    return places


def _row(number: int, cells: Sequence[Any], places: dict[str, int], currencies: dict[str, str]) -> IssuedRow:
    texts = {column: _cell(cells, place) for column, place in places.items()}
    currency = currencies.get(texts["draft"], "CNY")
    amounts = {
        column: parse_minor(texts[column].replace(",", ""), currency) if texts.get(column) else None
        for column in ("gross", "tax")
    }
    return IssuedRow(
        number,
        texts["draft"],
        Issued(
            tax_number=texts["number"], issued_on=_day(cells[places["date"]]), tax_number_code=texts.get("code", ""),
            gross_minor=amounts["gross"], tax_minor=amounts["tax"],
        ),
    )  # fmt: skip


def _cell(cells: Sequence[Any], place: int | None) -> str:
    value = cells[place] if place is not None and place < len(cells) else ""
    if isinstance(value, (int, str)):
        return str(value).strip()
    # a number that a spreadsheet holds as a fraction: written exactly, without a trailing .0
    return (
        f"{value!r}".removesuffix(".0")
        if value is not None and not isinstance(value, (date, datetime))
        else ""
    )


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip().replace("/", "-").replace("年", "-").replace("月", "-").replace("日", "")
    try:
        return date.fromisoformat("-".join(part.zfill(2) for part in text[:10].split("-")))
    except ValueError:
        raise ValueError(f"{value!r} is no day; write it as 2026-03-31") from None
