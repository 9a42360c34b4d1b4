"""Times as files write them: ISO 8601, with a zone or in the zone the caller names."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

_SHAPE: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII
)
#: Years outside are typing mistakes, and would not survive a change of zone at the ends of the calendar.
_EARLIEST_YEAR: Final = 1970
_LATEST_YEAR: Final = 2199


def parse_time(text: str, tz: ZoneInfo) -> datetime:
    """The aware time that `text` names; without a zone of its own it is read in `tz`.

    A day without a time of day is refused: it could mean its beginning or its end. Raises ValueError with a
    reason that completes "the time ...".
    """
    if not _SHAPE.fullmatch(text):
        raise ValueError("must be written as 2026-01-31 23:59:59, optionally with +08:00 or Z")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("names a day or a time of day that does not exist") from None
    return place_time(moment, tz)


def place_time(moment: datetime, tz: ZoneInfo) -> datetime:
    """`moment` itself if it has a zone, else read in `tz`. Raises ValueError for years outside 1970-2199."""
    if not _EARLIEST_YEAR <= moment.year <= _LATEST_YEAR:
        raise ValueError(f"must lie between the years {_EARLIEST_YEAR} and {_LATEST_YEAR}")
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=tz)
