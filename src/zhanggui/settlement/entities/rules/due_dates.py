"""Due rules: when a period's statement is to be paid.

D+n and T+n count from a day; which day a document belongs to is the difference. With D it is the natural day
of the event; with T it is the day the deal was completed (T+7: seven days after the buyer confirmed receipt).
`DueRule.counts_from` tells the caller by which date to put details into periods; from the period on, both
count from its last day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from zhanggui.settlement.entities.rules.calendars import (
    MOST_DAYS,
    WorkingDayCalendar,
    add_working_days,
    next_working_day,
)
from zhanggui.settlement.entities.rules.errors import InvalidDueRule
from zhanggui.settlement.entities.rules.periods import Period, month_day


class DueKind(StrEnum):
    """What a due rule counts; the first word of its code."""

    AFTER_DAY = "D"  #: days after the last natural day of the period
    AFTER_COMPLETION = "T"  #: days after the day the deals of the period were completed
    WEEKDAY = "weekday"  #: the next such weekday after the period, 1 is Monday
    MONTH_DAY = "month_day"  #: that day of the month after the month in which the period ends


class CountsFrom(StrEnum):
    """Which date of a document decides the period it belongs to."""

    EVENT = "event"  #: the natural day on which the event was billed
    COMPLETION = "completion"  #: the day on which the deal was completed


_CODE: Final = re.compile(
    r"(?:(?P<letter>[DT])\+(?P<days>0|[1-9][0-9]{0,2})"
    r"|weekday:(?P<weekday>[1-7])"
    r"|month_day:(?P<month_day>[1-9]|[12][0-9]|3[01]))"
    r"(?P<working>w?)"
)


@dataclass(frozen=True, slots=True)
class DueRule:
    """A due rule. Make one with `DueRule.parse`; `code` is what the database stores.

    `number` is the count of days, the ISO weekday, or the day of the month (29 to 31 mean the last day in
    shorter months). With `working_days`, D and T count working days, and a weekday or month day that is no
    working day moves to the next one.
    """

    kind: DueKind
    number: int
    working_days: bool = False

    @classmethod
    def parse(cls, code: str) -> DueRule:
        """Read "D+7", "T+7w", "weekday:5" or "month_day:15". Raises InvalidDueRule."""
        found = _CODE.fullmatch(code)
        if found is None or int(found["days"] or 0) > MOST_DAYS:
            raise InvalidDueRule(
                f"{code!r} is not a due rule; write D+7 or T+7 (at most {MOST_DAYS} days), weekday:5 or "
                "month_day:15, with a w at the end for working days.",
                due_rule=code,
            )
        working = found["working"] == "w"
        if found["letter"]:
            return cls(DueKind(found["letter"]), int(found["days"]), working)
        if found["weekday"]:
            return cls(DueKind.WEEKDAY, int(found["weekday"]), working)
        return cls(DueKind.MONTH_DAY, int(found["month_day"]), working)

    @property
    def code(self) -> str:
        """The short text that `parse` reads; one text a rule."""
        between = "+" if self.kind in (DueKind.AFTER_DAY, DueKind.AFTER_COMPLETION) else ":"
        return f"{self.kind}{between}{self.number}{'w' if self.working_days else ''}"

    @property
    def counts_from(self) -> CountsFrom:
        """Which date of a document decides its period under this rule."""
        return CountsFrom.COMPLETION if self.kind is DueKind.AFTER_COMPLETION else CountsFrom.EVENT

    def __str__(self) -> str:
        return self.code


def due_date(due_rule: DueRule, period: Period, calendar: WorkingDayCalendar) -> date:
    """The day on which the statement of `period` is to be paid; never before the period's last day.

    `calendar` is asked only by rules with working days. D+0 is the last day of the period itself, a weekday
    the first such day after it. Raises NoWorkingDay.
    """
    last_day = period.last_day
    match due_rule.kind:
        case DueKind.AFTER_DAY | DueKind.AFTER_COMPLETION:
            if due_rule.working_days:
                return add_working_days(last_day, due_rule.number, calendar)
            return last_day + timedelta(days=due_rule.number)
        case DueKind.WEEKDAY:
            ahead = (due_rule.number - period.ends_before.isoweekday()) % 7
            due = period.ends_before + timedelta(days=ahead)
        case DueKind.MONTH_DAY:
            due = month_day(last_day, 1, due_rule.number)
    return next_working_day(due, calendar) if due_rule.working_days else due
