"""Working-day calendars, for due dates that count or land on working days.

Mainland China moves weekends about by yearly decree (调休), so its days come from `chinesecalendar`, which
carries the decrees; other countries, and years without a decree, from `holidays`. Both libraries learn new
years with new versions: a due date is computed once, when a statement closes, and stored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any, Final, Protocol

from zhanggui.settlement.entities.rules.errors import (
    ContradictoryDay,
    InvalidDueRule,
    NoWorkingDay,
    UnknownCalendar,
)

_ONE_DAY: Final = timedelta(days=1)
#: After so many days without a working day, the calendar is wrong, not the year.
_LONGEST_REST_DAYS: Final = 400
#: The most working days one may count; every loop has an end.
MOST_DAYS: Final = 366


class WorkingDayCalendar(Protocol):
    """What due dates need to know of a calendar."""

    @property
    def code(self) -> str:
        """Short text that names the calendar: "CN", "weekdays"."""
        ...

    def is_working_day(self, day: date) -> bool:
        """Whether banks and offices work on `day`."""
        ...


@dataclass(frozen=True, slots=True)
class WeekdaysOnly:
    """Monday to Friday, no holidays."""

    code: str = "weekdays"

    def is_working_day(self, day: date) -> bool:
        return day.isoweekday() <= 5


@dataclass(frozen=True, slots=True)
class CalendarByLibrary:
    """The working days of a country ("CN", "BR") or a part of it ("BR-SP"), ISO 3166 codes.

    CN follows the State Council's yearly decrees as far as they are known (2004 and later); a year without
    one has the statutory holidays and ordinary weekends. Raises UnknownCalendar.
    """

    code: str
    _works_on: Callable[[date], bool] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_works_on", _rule_of(self.code))

    def is_working_day(self, day: date) -> bool:
        return self._works_on(day)


@dataclass(frozen=True, slots=True)
class WithExceptions:
    """Another calendar, with holidays and working days of one's own; these win.

    Raises ContradictoryDay if a day is in both lists.
    """

    base: WorkingDayCalendar
    extra_holidays: frozenset[date] = frozenset()
    extra_working_days: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        both = self.extra_holidays & self.extra_working_days
        if both:
            raise ContradictoryDay(
                f"{min(both)} is listed as a holiday and as a working day; remove it from one list.",
                day=min(both),
            )

    @property
    def code(self) -> str:
        """The code of the calendar underneath, marked as changed: "CN+"."""
        return f"{self.base.code}+"

    def is_working_day(self, day: date) -> bool:
        if day in self.extra_holidays:
            return False
        return day in self.extra_working_days or self.base.is_working_day(day)


def calendar_of(code: str) -> WorkingDayCalendar:
    """The calendar with this code: "weekdays", or a country such as "CN". Raises UnknownCalendar."""
    return WeekdaysOnly() if code == WeekdaysOnly().code else CalendarByLibrary(code)


def add_working_days(day: date, count: int, calendar: WorkingDayCalendar) -> date:
    """The `count`-th working day after `day`; for 0, `day` itself or the next working day.

    Raises InvalidDueRule (`count` not in 0 to 366), NoWorkingDay.
    """
    if not 0 <= count <= MOST_DAYS:
        raise InvalidDueRule(
            f"{count} working days cannot be counted; give a number from 0 to {MOST_DAYS}.", count=count
        )
    if count == 0:
        return next_working_day(day, calendar)
    for _ in range(count):
        day = next_working_day(day + _ONE_DAY, calendar)
    return day


def next_working_day(day: date, calendar: WorkingDayCalendar) -> date:
    """`day` if it is a working day, else the next one. Raises NoWorkingDay."""
    for later in range(_LONGEST_REST_DAYS):
        candidate = day + timedelta(days=later)
        if calendar.is_working_day(candidate):
            return candidate
    raise NoWorkingDay(
        f"The calendar {calendar.code} has no working day within {_LONGEST_REST_DAYS} days of {day}; "
        "correct its list of holidays.",
        calendar=calendar.code,
        day=day,
    )


@cache
def _rule_of(code: str) -> Callable[[date], bool]:
    """What decides a country's working days. Raises UnknownCalendar."""
    # Both are large and needed only when a due date is computed.
    import chinese_calendar
    import holidays

    country, dash, subdivision = code.partition("-")
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known or (dash and subdivision not in known[country]):
        raise UnknownCalendar(
            f"No working-day calendar has the code {code!r}; use weekdays, or a country such as CN.",
            calendar=code,
        )
    table: Any = holidays.country_holidays(country, subdiv=subdivision or None)

    def by_statute(day: date) -> bool:
        # The lookup loads the year; only then does the table know its moved weekends.
        _ = day in table
        return bool(table.is_working_day(day))

    if code != "CN":
        return by_statute
    decreed = frozenset(holiday.year for holiday in chinese_calendar.holidays)

    def by_decree(day: date) -> bool:
        return bool(chinese_calendar.is_workday(day)) if day.year in decreed else by_statute(day)

    return by_decree
