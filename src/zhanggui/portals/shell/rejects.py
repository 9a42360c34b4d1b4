"""Rejected rows as a CSV file that can be opened beside the source."""

import os
from pathlib import Path

from zhanggui.settlement.intake.models import ImportRun
from zhanggui.settlement.intake.reject_rows import reject_lines


def write_rejects(run: ImportRun, path: Path) -> int:
    """Write every rejected row of an import, whole or not at all, and return how many there are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    count = -1
    try:
        with draft.open("w", encoding="utf-8-sig", newline="") as file:
            for line in reject_lines(run):
                file.write(line)
                count += 1
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return count
