"""Named spans of days for date filters. Half-open: from `start` up to, not including, `before`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `start` up to, not including, `before`."""

    start: date
    before: date

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.before - self.start).days


@dataclass(frozen=True, slots=True)
class Preset:
    """A span with a name, computed from today."""

    code: str
    label: Any
    span: Callable[[date], Span]


def _month(today: date, back: int) -> Span:
    index = today.year * 12 + today.month - 1 - back
    start = date(index // 12, index % 12 + 1, 1)
    after = index + 1
    return Span(start, date(after // 12, after % 12 + 1, 1))


def _week(today: date, back: int) -> Span:
    monday = today - timedelta(days=today.weekday() + 7 * back)
    return Span(monday, monday + timedelta(days=7))


def _last_days(today: date, days: int) -> Span:
    return Span(today - timedelta(days=days - 1), today + timedelta(days=1))


THIS_MONTH = Preset("this_month", _("This month"), lambda today: _month(today, 0))
LAST_MONTH = Preset("last_month", _("Last month"), lambda today: _month(today, 1))
DEFAULT_PRESETS = (
    Preset("today", _("Today"), lambda today: _last_days(today, 1)),
    Preset("this_week", _("This week"), lambda today: _week(today, 0)),
    Preset("last_week", _("Last week"), lambda today: _week(today, 1)),
    THIS_MONTH,
    LAST_MONTH,
    Preset("last_90_days", _("Last 90 days"), lambda today: _last_days(today, 90)),
)
