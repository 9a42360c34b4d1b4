"""Settlement cycles (结算周期) and the periods they cut the time line into.

A period is a half-open range of days. The periods of a cycle tile the time line: every day belongs to
exactly one. Days are calendar days in the settlement time zone; making a day of an instant is the caller's.

The period types are those of Chinese malls: 月结 周结 半月 旬 逐笔 D+n T+n. For D+n and T+n the cycle is
"day", and the due rule (`due_dates`) says when the day is paid and which of its dates puts a document there.
Months that start on the 29th to 31st follow Stripe's rule for anchors at the end of a month.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from zhanggui.settlement.entities.rules.errors import (
    DayOutOfRange,
    InvalidCycle,
    InvalidPeriod,
    OverlappingPeriods,
)

ONE_DAY: Final = timedelta(days=1)
#: Day number 0 of `boundaries`, as in numpy's datetime64[D] and in Unix time.
EPOCH: Final = date(1970, 1, 1)
#: Periods are made for these days only, so that their ends and due dates are dates, too.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9000, 12, 31)
#: No custom cycle is longer than a leap year.
LONGEST_CYCLE_DAYS: Final = 366


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `starts_on`, before `ends_before`. Raises InvalidPeriod if there is none."""

    starts_on: date
    ends_before: date

    def __post_init__(self) -> None:
        if self.ends_before <= self.starts_on:
            raise InvalidPeriod(
                f"The period from {self.starts_on} ends before {self.ends_before}, so it holds no day; "
                "its end must lie after its start.",
                starts_on=self.starts_on,
                ends_before=self.ends_before,
            )

    @property
    def last_day(self) -> date:
        """The last day that belongs to the period."""
        return self.ends_before - ONE_DAY

    @property
    def days(self) -> int:
        """How many days it holds."""
        return (self.ends_before - self.starts_on).days

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day < self.ends_before

    def __str__(self) -> str:
        """First and last day, as people name periods: "2026-01-01 to 2026-01-31"."""
        return f"{self.starts_on} to {self.last_day}"


class CycleKind(StrEnum):
    """How a cycle cuts the time line; the first word of its code."""

    DOCUMENT = "document"  #: 逐笔: each document is settled by itself; its period is its day
    DAY = "day"  #: 日结
    WEEK = "week"  #: 周结, from a given weekday
    TEN_DAY = "ten_day"  #: 旬: from the 1st, the 11th, the 21st
    HALF_MONTH = "half_month"  #: 半月: from the 1st, the 16th
    MONTH = "month"  #: 月结, from a given day of the month
    DAYS = "days"  #: every n days, counted from an epoch


_CODE: Final = re.compile(
    r"(?:(?P<bare>document|day|ten_day|half_month)"
    r"|week:(?P<weekday>[1-7])"
    r"|month:(?P<month_day>[1-9]|[12][0-9]|3[01])"
    r"|days:(?P<count>[1-9][0-9]{0,2})@(?P<epoch>[0-9]{4}-[0-9]{2}-[0-9]{2}))"
)
_FORMS: Final = (
    "document, day, week:1 to week:7, ten_day, half_month, month:1 to month:31, days:14@2026-01-05"
)


@dataclass(frozen=True, slots=True)
class Cycle:
    """A settlement cycle. Make one with `Cycle.parse`; `code` is what the database stores.

    `number` is the ISO weekday a week starts on (1 is Monday), the day a month starts on (29 to 31 mean the
    last day in shorter months), or the length in days of a custom cycle; else 0. `epoch` is a first day of
    the custom cycle, which runs both ways from there.
    """

    kind: CycleKind
    number: int = 0
    epoch: date | None = None

    @classmethod
    def parse(cls, code: str) -> Cycle:
        """Read a code such as "month:1" or "days:14@2026-01-05". Raises InvalidCycle."""
        found = _CODE.fullmatch(code)
        if found is None:
            raise _no_cycle(code)
        if found["bare"]:
            return cls(CycleKind(found["bare"]))
        if found["weekday"]:
            return cls(CycleKind.WEEK, int(found["weekday"]))
        if found["month_day"]:
            return cls(CycleKind.MONTH, int(found["month_day"]))
        try:
            epoch = date.fromisoformat(found["epoch"])
        except ValueError:
            raise _no_cycle(code) from None
        if int(found["count"]) > LONGEST_CYCLE_DAYS or not FIRST_DAY <= epoch <= LAST_DAY:
            raise _no_cycle(code)
        return cls(CycleKind.DAYS, int(found["count"]), epoch)

    @property
    def code(self) -> str:
        """The short text that `parse` reads; one text a cycle."""
        if self.kind is CycleKind.DAYS:
            return f"{self.kind}:{self.number}@{self.epoch}"
        return f"{self.kind}:{self.number}" if self.number else str(self.kind)

    def __str__(self) -> str:
        return self.code


def period_containing(cycle: Cycle, day: date) -> Period:
    """The one period of `cycle` that `day` belongs to. Raises DayOutOfRange (before 1900, after 9000)."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise DayOutOfRange(
            f"{day} is not between {FIRST_DAY} and {LAST_DAY}; check the year of the date.", day=day
        )
    match cycle.kind:
        case CycleKind.DOCUMENT | CycleKind.DAY:
            return Period(day, day + ONE_DAY)
        case CycleKind.WEEK:
            return _of_length(7, (day.isoweekday() - cycle.number) % 7, day)
        case CycleKind.DAYS:
            return _of_length(cycle.number, (day - (cycle.epoch or EPOCH)).days % cycle.number, day)
        case CycleKind.TEN_DAY:
            return _in_month(day, (1, 11, 21))
        case CycleKind.HALF_MONTH:
            return _in_month(day, (1, 16))
        case CycleKind.MONTH:
            return _anchored_month(day, cycle.number)


def next_period(cycle: Cycle, period: Period) -> Period:
    """The period that begins where `period` ends. Raises DayOutOfRange."""
    return period_containing(cycle, period.ends_before)


def previous_period(cycle: Cycle, period: Period) -> Period:
    """The period that ends where `period` begins. Raises DayOutOfRange."""
    return period_containing(cycle, period.starts_on - ONE_DAY)


def periods_between(cycle: Cycle, first: date, last: date) -> tuple[Period, ...]:
    """All periods that hold a day from `first` to `last` (both included), in order.

    Raises InvalidPeriod if `last` is before `first`, DayOutOfRange.
    """
    return tuple(_walk(cycle, first, last))


def boundaries(cycle: Cycle, first_day: date, last_day: date) -> npt.NDArray[np.int64]:
    """The cuts of the periods that hold `first_day` to `last_day`, as day numbers since 1970-01-01.

    Period i holds the days from cuts[i], before cuts[i + 1]; there is one cut more than periods. So for
    day numbers d within the range, `searchsorted(cuts, d, side="right") - 1` is the period of each.
    Raises InvalidPeriod if `last_day` is before `first_day`, DayOutOfRange.
    """
    periods = periods_between(cycle, first_day, last_day)
    cuts = [day_number(period.starts_on) for period in periods] + [day_number(periods[-1].ends_before)]
    return np.array(cuts, dtype=np.int64)


def day_number(day: date) -> int:
    """Days since 1970-01-01, negative before it."""
    return (day - EPOCH).days


def day_of_number(number: int) -> date:
    """The day `number` days after 1970-01-01."""
    return EPOCH + timedelta(days=int(number))


def check_no_overlap(periods: Iterable[Period]) -> None:
    """Raise OverlappingPeriods, naming both, if two of `periods` share a day; gaps are allowed.

    For lists that people write. Order does not matter; the refusal's details hold `first` and `second`.
    """
    ordered = sorted(periods)
    # In order of start, if no neighbours overlap, no two do.
    for first, second in pairwise(ordered):
        if second.starts_on < first.ends_before:
            raise OverlappingPeriods(
                f"The periods {first} and {second} both hold {second.starts_on}; "
                "let the first end where the second starts.",
                first=first,
                second=second,
            )


def _walk(cycle: Cycle, first: date, last: date) -> Iterator[Period]:
    """The periods from the one of `first` to the one of `last`."""
    if last < first:
        raise InvalidPeriod(
            f"The range from {first} to {last} runs backwards; swap the two days.", first=first, last=last
        )
    period = period_containing(cycle, first)
    yield period
    while period.ends_before <= last:
        period = next_period(cycle, period)
        yield period


def _of_length(length: int, into: int, day: date) -> Period:
    """A period of `length` days, of which `day` is the one `into` days after the first."""
    starts_on = day - timedelta(days=into)
    return Period(starts_on, starts_on + timedelta(days=length))


def _in_month(day: date, starts: tuple[int, ...]) -> Period:
    """The part of the month, among those that begin on the days `starts`, that holds `day`."""
    at = max(place for place, start in enumerate(starts) if start <= day.day)
    ends_before = day.replace(day=starts[at + 1]) if at + 1 < len(starts) else month_day(day, 1, 1)
    return Period(day.replace(day=starts[at]), ends_before)


def _anchored_month(day: date, anchor: int) -> Period:
    """The month that begins on the `anchor` day (or the last day there is) and holds `day`."""
    this_start = month_day(day, 0, anchor)
    if day < this_start:
        return Period(month_day(day, -1, anchor), this_start)
    return Period(this_start, month_day(day, 1, anchor))


def month_day(day: date, months: int, wanted: int) -> date:
    """Day `wanted` of the month `months` after the month of `day`; the month's last day if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    longest = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(wanted, longest))


def _no_cycle(code: str) -> InvalidCycle:
    """The refusal of `code`, with what would be understood."""
    return InvalidCycle(f"{code!r} is not a settlement cycle; write one of: {_FORMS}.", cycle=code)
