"""Which files of orders are taken in our own format; docs/reference/import-formats.md says what stands in them."""

from typing import Final

from zhanggui.files.checking import MEGABYTE, Taken
from zhanggui.files.kinds import Kind

FORMAT: Final = "zhanggui"
_TEXT, _GZIP = frozenset({Kind.TEXT}), frozenset({Kind.GZIP})
ORDER_FILES: Final = Taken(
    endings={".csv": _TEXT, ".csv.gz": _GZIP, ".jsonl": _TEXT, ".jsonl.gz": _GZIP,
             ".parquet": frozenset({Kind.PARQUET})},
    most_bytes=100 * MEGABYTE,
)  # fmt: skip
"""Larger ones go through `zhanggui import-orders`."""
