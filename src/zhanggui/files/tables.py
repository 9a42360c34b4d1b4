"""Rows of a table that somebody made in a spreadsheet: CSV (UTF-8 or GBK) or the first sheet of an .xlsx."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from zhanggui.files.checking import Taken, check_content
from zhanggui.files.errors import FileDamaged, FileNotWhatItSays

ENCODINGS = ("utf-8-sig", "gb18030")


def table_rows(content: bytes, *, name: str, taken: Taken) -> Iterator[tuple[int, list[str]]]:
    """This function will check a table and yield its rows as texts without spaces around, each with its number in the
    file from 1. Raises FileEndingRefused, FileEmpty, FileTooLarge, FileNotWhatItSays, FileDamaged,
    FilePackedTooLarge."""
    ending = check_content(content, name=name, taken=taken)
    return _sheet(content, name) if ending == ".xlsx" else _separated(content, name)


def _separated(content: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        reader = csv.reader(io.StringIO(text, newline=""))
        for number, cells in enumerate(reader, start=1):
            yield number, [cell.strip() for cell in cells]
        return
    raise FileNotWhatItSays(
        f"{name} is not what it says: it is neither UTF-8 nor GBK; save it as CSV (UTF-8) or xlsx"
    )


def _sheet(content: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            yield number, [_plain(cell) for cell in cells]
    except (CalamineError, OSError, ValueError) as error:
        raise FileDamaged(f"{name} breaks off or is damaged ({error}); get the whole file again") from error


def _plain(cell: Any) -> str:
    """A cell as people see it: sheets keep whole numbers as binary fractions, and long ones lose digits there."""
    if type(cell).__name__ == "float" and cell == int(cell):
        return str(int(cell))
    return str(cell).strip()
