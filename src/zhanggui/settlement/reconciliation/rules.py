"""What a bill's days are, and when a lone row may wait for the next day: pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MOST_DAYS = 40  # a bill is of a day or a month
_NAMED_DAY = re.compile(r"(?<!\d)(20\d{2})[-_]?(\d{2})[-_]?(\d{2})(?!\d)")
_TOGETHER = {frozenset({"success", "refund"})}


@dataclass(frozen=True)
class Window:
    """The days of a bill in the channel's zone; `cut_hour` 23 means that a day ends at 23:00 (UnionPay)."""

    starts_on: date
    ends_before: date
    zone: ZoneInfo
    cut_hour: int = 0

    def moments(self) -> tuple[datetime, datetime]:
        """When the first day begins and the last one ends."""
        return self._begin(self.starts_on), self._begin(self.ends_before)

    def _begin(self, day: date) -> datetime:
        begun = datetime.combine(day, time(0), self.zone)
        return begun - timedelta(hours=24 - self.cut_hour) if self.cut_hour else begun

    @property
    def shift_hours(self) -> int:
        """What is added to a local time so that its date is the channel's day."""
        return 24 - self.cut_hour if self.cut_hour else 0


def day_in_name(name: str) -> date | None:
    """This function will return the one day that a file's name holds, or None."""
    found = set()
    for match in _NAMED_DAY.finditer(name):
        try:
            found.add(date(*map(int, match.groups())))
        except ValueError:
            continue
    return found.pop() if len(found) == 1 else None


def stand_together(variants: Collection[str]) -> bool:
    """This function will say whether two bills of one day may both be here: payments alone and refunds alone,
    or transactions and errors."""
    return "errors" in variants or frozenset(variants) in _TOGETHER


def fee_minor(milli: int) -> int:
    """This function will return a fee in minor units, half up away from zero: bills print more decimals than money
    has; their total is rounded once, single rows never."""
    size = (abs(milli) + 500) // 1000
    return size if milli >= 0 else -size


FEE_OF_ROW = "(sign(r.fee_milli) * ((abs(r.fee_milli) + 500) / 1000))::bigint"
"""The fee of one row `r` of a bill as the channel books it by itself, minor units; `fee_minor` in SQL."""
