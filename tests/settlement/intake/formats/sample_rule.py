"""The exact rule by which the shipped sample was taken out of Online Retail; the test runs it again."""

import csv
import gzip
import io
from pathlib import Path

FIRST_DAY = "2011-09-01"
UNNAMED_BEFORE = "2011-09-08"


def sample_bytes(full: Path) -> bytes:
    """The sample as it is shipped, from the full file: same header, same rows, same order."""
    with gzip.open(full, "rt", encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    first_seen: dict[str, str] = {}
    for _, _, _, _, at, _, customer, _ in rows:
        first_seen.setdefault(customer, at)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        number, at, customer = row[0], row[4], row[6]
        if customer:
            chosen = first_seen[customer] >= FIRST_DAY
        else:
            chosen = number.startswith("A") or FIRST_DAY <= at < UNNAMED_BEFORE
        if chosen:
            writer.writerow(row)
    return gzip.compress(text.getvalue().encode(), 9, mtime=0)
