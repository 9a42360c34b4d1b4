"""Files that an attacker would upload, for whoever takes files in: CSV and workbooks."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

import xlsxwriter

from zhanggui.files.checking import MEGABYTE, Taken


def workbook(*, bomb: bool = False) -> bytes:
    """An xlsx workbook; a bomb has a sheet that unpacks without end."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    book.add_worksheet().write_row(0, 0, ["order", "amount"])
    book.close()
    if bomb:
        with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("xl/worksheets/sheet2.xml", bytes(12 * MEGABYTE))
    return made.getvalue()


SMALL = 100_000
BAD: dict[str, tuple[str, bytes, str]] = {
    "too large": ("a.csv", b"a" * (SMALL + 1), "MB"),
    "a program": ("a.csv", b"MZ\x90\x00" + bytes(100), "not what it says"),
    "a workbook by another name": ("a.csv", workbook(), "not what it says"),
    "no workbook": ("a.xlsx", b"a,b\n1,2\n", "not what it says"),
    "another ending": ("a.exe", b"a,b\n1,2\n", "must end in one of"),
    "a bomb": ("a.xlsx", workbook(bomb=True), "no honest file"),
}
"""By what is wrong: name, content, a word of what is said about it."""


@contextmanager
def smaller(taken: Taken) -> Iterator[None]:
    """Take at most `SMALL` bytes meanwhile, so that "too large" need not be a hundred megabytes."""
    before = taken.most_bytes
    object.__setattr__(taken, "most_bytes", SMALL)
    try:
        yield
    finally:
        object.__setattr__(taken, "most_bytes", before)
