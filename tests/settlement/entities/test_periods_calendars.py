"""Working-day calendars: decreed days in mainland China, holidays elsewhere, one's own exceptions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.settlement.entities.rules.calendars import (
    CalendarByLibrary,
    WeekdaysOnly,
    WithExceptions,
    add_working_days,
    calendar_of,
    next_working_day,
)
from zhanggui.settlement.entities.rules.errors import (
    ContradictoryDay,
    InvalidDueRule,
    NoWorkingDay,
    UnknownCalendar,
)

CHINA = CalendarByLibrary("CN")
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


class TestCalendarByLibrary:
    @pytest.mark.parametrize(
        ("code", "day", "works"),
        [
            ("CN", "2026-03-09", True),  # a plain Monday
            ("CN", "2026-03-14", False),  # a plain Saturday
            ("CN", "2025-10-08", False),  # National Day week
            ("CN", "2025-09-28", True),  # the Sunday worked in lieu of it
            ("CN", "2026-02-17", False),  # Spring Festival
            # Years without a decree: statutory holidays and ordinary weekends.
            ("CN", "2060-10-01", False),
            ("CN", "2060-10-11", True),
            ("CN", "2060-10-10", False),
            ("CN", "1999-10-01", False),
            ("BR", "2018-09-07", False),  # Independência, a Friday
            ("BR", "2018-07-09", True),
            ("BR-SP", "2018-07-09", False),  # Revolução Constitucionalista, São Paulo only
            ("HK", "2025-12-25", False),
            ("SA", "2026-03-06", False),  # the weekend is Friday and Saturday
            ("SA", "2026-03-08", True),
        ],
    )
    def test_knows_the_country(self, code, day, works):
        assert CalendarByLibrary(code).is_working_day(date.fromisoformat(day)) is works

    def test_answers_alike_whatever_it_was_asked_before(self):
        # Both tables load years as they are asked; 2003-02-08 was a Saturday worked in lieu.
        first = CalendarByLibrary("CN").is_working_day(date(2003, 2, 8))
        assert first is CalendarByLibrary("CN").is_working_day(date(2003, 2, 8)) is True

    @pytest.mark.parametrize("code", ["", "XX", "China", "CN-XX", "CN-", "cn", "CHN", "__class__"])
    def test_refuses_unknown_codes(self, code):
        with pytest.raises(UnknownCalendar):
            CalendarByLibrary(code)

    def test_is_found_by_its_code(self):
        assert calendar_of("CN") == CHINA
        assert calendar_of("weekdays") == WeekdaysOnly()
        assert calendar_of("CN").code == "CN"


class TestWithExceptions:
    def test_adds_holidays_and_working_days_that_win(self):
        stocktaking, saturday = date(2026, 3, 9), date(2026, 3, 14)
        ours = WithExceptions(CHINA, frozenset({stocktaking}), frozenset({saturday}))
        assert not ours.is_working_day(stocktaking)
        assert ours.is_working_day(saturday)
        assert ours.is_working_day(date(2026, 3, 10))
        assert ours.code == "CN+"

    def test_refuses_a_day_that_is_both(self):
        day = frozenset({date(2026, 3, 9)})
        with pytest.raises(ContradictoryDay, match="2026-03-09"):
            WithExceptions(CHINA, day, day)


class TestAddWorkingDays:
    def test_counts_the_days_after(self):
        friday = date(2026, 3, 13)
        assert add_working_days(friday, 1, WeekdaysOnly()) == date(2026, 3, 16)
        assert add_working_days(friday, 5, WeekdaysOnly()) == date(2026, 3, 20)

    def test_of_none_lands_on_a_working_day(self):
        assert add_working_days(date(2026, 3, 13), 0, WeekdaysOnly()) == date(2026, 3, 13)
        assert add_working_days(date(2026, 3, 14), 0, WeekdaysOnly()) == date(2026, 3, 16)

    @given(days, st.integers(0, 60), st.sampled_from([CHINA, WeekdaysOnly(), CalendarByLibrary("BR")]))
    def test_agrees_with_counting_on_the_fingers(self, day, count, calendar):
        due = add_working_days(day, count, calendar)
        between = [day + timedelta(days=ahead) for ahead in range(1, (due - day).days + 1)]
        assert calendar.is_working_day(due)
        if count:
            assert sum(map(calendar.is_working_day, between)) == count

    @given(days, st.integers(1, 30), st.integers(1, 30))
    def test_can_be_done_in_steps(self, day, first, second):
        in_two = add_working_days(add_working_days(day, first, CHINA), second, CHINA)
        assert in_two == add_working_days(day, first + second, CHINA)

    @pytest.mark.parametrize("count", [-1, 367])
    def test_refuses_counts_out_of_range(self, count):
        with pytest.raises(InvalidDueRule):
            add_working_days(date(2026, 3, 13), count, CHINA)

    def test_refuses_a_calendar_without_working_days(self):
        start = date(2026, 1, 1)
        closed = frozenset(start + timedelta(days=ahead) for ahead in range(500))
        with pytest.raises(NoWorkingDay, match="CN\\+"):
            next_working_day(start, WithExceptions(CHINA, closed))
