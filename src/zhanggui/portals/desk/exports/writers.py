"""File writers. Ids are text, money is a number written exactly, headings are those of the screen."""

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import xlsxwriter

from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.lists.columns import BaseColumn, Column, IntegerColumn, MoneyColumn, MoneyText

type Progress = Callable[[int], None]

STEP = 2_000
XLSX_MOST_ROWS = 1_048_575
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_csv(path: Path, columns: Sequence[Column], rows: Iterable[Any], progress: Progress) -> int:
    """CSV in UTF-8 with a byte order mark, so that Excel opens Chinese correctly."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([heading(column) for column in columns])
        for row in rows:
            writer.writerow([_csv_text(column.plain(column.read(row), row)) for column in columns])
            count += 1
            if count % STEP == 0:
                progress(count)
    return count


def write_xlsx(path: Path, columns: Sequence[Column], rows: Iterable[Any], progress: Progress) -> int:
    """Excel with a frozen heading, a filter, money as numbers and everything else as text."""
    count = 0
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True, "bg_color": "#F1F3F6", "bottom": 1})
        formats = {0: book.add_format({"num_format": "#,##0;[Red]-#,##0"})}
        text_format = book.add_format({"num_format": "@"})
        sheet.freeze_panes(1, 1)
        for index, column in enumerate(columns):
            sheet.set_column(index, index, 20 if "num" not in column.css else 16)
            sheet.write_string(0, index, heading(column), bold)
        for row in rows:
            count += 1
            if count > XLSX_MOST_ROWS:
                raise TooManyRows(
                    f"An Excel sheet holds {XLSX_MOST_ROWS:,} rows at most; choose CSV or narrow the filter.",
                    most=XLSX_MOST_ROWS,
                )
            for index, column in enumerate(columns):
                _write_cell(
                    book, sheet, count, index, column.plain(column.read(row), row), formats, text_format
                )
            if count % STEP == 0:
                progress(count)
        sheet.autofilter(0, 0, count, len(columns) - 1)
    return count


def write_parquet(path: Path, columns: Sequence[Column], rows: Iterable[Any], progress: Progress) -> int:
    """Parquet for programs: keys as names, amounts as int64 minor units, everything else as text."""
    fields = [pyarrow.field(c.key, pyarrow.int64() if _is_number(c) else pyarrow.string()) for c in columns]
    schema = pyarrow.schema(fields)
    count, held = 0, []
    with pyarrow.parquet.ParquetWriter(path, schema) as writer:
        for row in rows:
            held.append([_parquet_value(c, row) for c in columns])
            count += 1
            if len(held) == STEP:
                writer.write_table(_table(schema, held))
                held = []
                progress(count)
        if held:
            writer.write_table(_table(schema, held))
    return count


WRITERS = {"csv": write_csv, "xlsx": write_xlsx, "parquet": write_parquet}


class TooManyRows(Refusal):
    """More rows than the format can hold."""

    code = "too_many_rows"


def heading(column: Column) -> str:
    """Heading in files: with the currency, since a file has no page around it."""
    if isinstance(column, MoneyColumn) and isinstance(column.currency, str):
        return f"{column.heading()} ({column.currency})"
    return column.heading()


def _csv_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (int, MoneyText)):
        return str(value)
    if value.isdigit() and len(value) >= 12:
        return f"{value}\t"  # a tab keeps spreadsheet programs from showing long numbers as 4.2E+27
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


def _write_cell(
    book: xlsxwriter.Workbook,
    sheet: Any,
    row: int,
    index: int,
    value: Any,
    formats: dict[int, Any],
    text: Any,
) -> None:
    if value is None or value == "":
        return
    if isinstance(value, MoneyText):
        decimals = len(value.partition(".")[2])
        if decimals not in formats:
            zeros = "0" * decimals
            formats[decimals] = book.add_format({"num_format": f"#,##0.{zeros};[Red]-#,##0.{zeros}"})
        # Excel holds 15 digits; a larger amount is written as text rather than rounded.
        if abs(value.minor) >= 10**15:
            sheet.write_string(row, index, str(value), text)
        else:
            sheet.write_number(row, index, float(value), formats[decimals])
    elif isinstance(value, int):
        sheet.write_number(row, index, value, formats[0])
    else:
        sheet.write_string(row, index, value, text)


def _is_number(column: Column) -> bool:
    """Whether all values of the column are numbers of one kind; a base is money or units, so it is text."""
    return isinstance(column, (IntegerColumn, MoneyColumn)) and not isinstance(column, BaseColumn)


def _parquet_value(column: Column, row: Any) -> Any:
    value = column.read(row)
    if value is None:
        return None
    return int(value) if _is_number(column) else str(column.plain(value, row))


def _table(schema: Any, held: list[list[Any]]) -> Any:
    arrays = [
        pyarrow.array(list(one), type=f.type) for one, f in zip(zip(*held, strict=True), schema, strict=True)
    ]
    return pyarrow.Table.from_arrays(arrays, schema=schema)
