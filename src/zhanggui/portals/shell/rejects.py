"""Rejected rows as a CSV file that can be opened beside the source."""

import csv
import os
from pathlib import Path

from zhanggui.settlement.intake.models import ImportRun, Reject

HEADER = ("row", "code", "message", "raw")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_rejects(run: ImportRun, path: Path) -> int:
    """Write every rejected row of an import, whole or not at all, and return how many there are.

    A text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    count = 0
    try:
        with draft.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            rows = Reject.objects.filter(import_run=run).order_by("row_number", "id")
            for one in rows.iterator(chunk_size=2000):
                writer.writerow([one.row_number, one.code, one.message, _harmless(one.raw)])
                count += 1
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return count


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
