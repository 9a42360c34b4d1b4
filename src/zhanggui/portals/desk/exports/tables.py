"""Writing a small table of plain values to a file, by the ending of its name."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import xlsxwriter

from zhanggui.money.errors import Refusal


class UnknownEnding(Refusal):
    """A file whose name does not say how to write it."""

    code = "unknown_ending"


def write_table(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows as .csv (UTF-8 with a byte order mark), .xlsx or .parquet; whole numbers stay numbers, all else
    is text. Raises UnknownEnding."""
    values = [[_plain(row[name]) for name in columns] for row in rows]
    match path.suffix.lower():
        case ".csv":
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerows([list(columns), *values])
        case ".xlsx":
            with xlsxwriter.Workbook(path, {"strings_to_urls": False, "strings_to_formulas": False}) as book:
                sheet = book.add_worksheet()
                sheet.freeze_panes(1, 0)
                for place, row in enumerate([list(columns), *values]):
                    sheet.write_row(place, 0, row)
        case ".parquet":
            arrays = {name: [row[place] for row in values] for place, name in enumerate(columns)}
            pyarrow.parquet.write_table(pyarrow.table(arrays), path)
        case ending:
            raise UnknownEnding(f"a file ending in {ending!r} cannot be written; use .csv, .xlsx or .parquet")


def _plain(value: Any) -> Any:
    return value if isinstance(value, int) else "" if value is None else str(value)
