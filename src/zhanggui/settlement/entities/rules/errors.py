"""Refusals of the rules of statements, in order of precedence."""

from __future__ import annotations

from zhanggui.money.errors import Refusal


class CalendarRuleRefused(Refusal):
    """Root of the refusals of cycles, periods, due dates and working-day calendars."""

    code = "calendar_rule_refused"


class InvalidCycle(CalendarRuleRefused):
    """The text is not the code of a settlement cycle."""

    code = "invalid_cycle"


class InvalidDueRule(CalendarRuleRefused):
    """The text is not the code of a due rule, or a number of days is out of range."""

    code = "invalid_due_rule"


class UnknownCalendar(CalendarRuleRefused):
    """No working-day calendar has this code."""

    code = "unknown_calendar"


class ContradictoryDay(CalendarRuleRefused):
    """A day is listed both as an extra holiday and as an extra working day."""

    code = "contradictory_day"


class DayOutOfRange(CalendarRuleRefused):
    """The day lies outside the years that periods are made for."""

    code = "day_out_of_range"


class InvalidPeriod(CalendarRuleRefused):
    """The period ends before it starts, or holds no day at all."""

    code = "invalid_period"


class OverlappingPeriods(CalendarRuleRefused):
    """Two periods share a day, so a detail of that day would belong to both."""

    code = "overlapping_periods"


class NoWorkingDay(CalendarRuleRefused):
    """The calendar has no working day for more than a year on end."""

    code = "no_working_day"
