"""Rejected rows as lines of a CSV file that can be opened beside the source."""

import csv
import io
from collections.abc import Iterator

from zhanggui.settlement.intake.models import ImportRun, Reject

HEADER = ("row", "code", "message", "raw")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def reject_lines(run: ImportRun) -> Iterator[str]:
    """This function will return the lines of the file, the header first. A text that a spreadsheet would take for a
    formula gets an apostrophe in front."""
    yield _line(HEADER)
    rows = Reject.objects.filter(import_run=run).order_by("row_number", "id")
    for one in rows.iterator(chunk_size=2000):
        yield _line((one.row_number, one.code, one.message, _harmless(one.raw)))


def _line(cells: tuple[object, ...]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
