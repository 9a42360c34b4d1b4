"""Cycles and periods: every day belongs to exactly one period, whatever the cycle."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.settlement.entities.rules.errors import (
    DayOutOfRange,
    InvalidCycle,
    InvalidPeriod,
    OverlappingPeriods,
)
from zhanggui.settlement.entities.rules.periods import (
    FIRST_DAY,
    LAST_DAY,
    Cycle,
    Period,
    boundaries,
    check_no_overlap,
    day_number,
    day_of_number,
    next_period,
    period_containing,
    periods_between,
    previous_period,
)

ONE_DAY = timedelta(days=1)
days = st.dates(date(1901, 1, 1), date(2200, 12, 31))
codes = (
    st.sampled_from(["document", "day", "ten_day", "half_month"])
    | st.integers(1, 7).map("week:{}".format)
    | st.integers(1, 31).map("month:{}".format)
    | st.builds("days:{}@{}".format, st.integers(1, 366), days)
)
cycles = codes.map(Cycle.parse)


def period(first: str, last: str) -> Period:
    """A period from its first and last day, as people write it."""
    return Period(date.fromisoformat(first), date.fromisoformat(last) + ONE_DAY)


class TestCycle:
    @given(codes)
    def test_is_written_as_it_is_read(self, code):
        assert Cycle.parse(code).code == str(Cycle.parse(code)) == code

    @pytest.mark.parametrize(
        "code",
        [
            *("", "quarter", "day:1", "week", "week:0", "week:8"),
            *("month", "month:0", "month:32", "month:01", "Month:1", "month:1 ", "month:１"),
            *("days:14", "days:0@2026-01-05", "days:367@2026-01-05"),
            *("days:14@2026-02-30", "days:14@1899-12-31"),
        ],
    )
    def test_refuses_other_texts_and_lists_the_forms(self, code):
        with pytest.raises(InvalidCycle, match="month:1 to month:31"):
            Cycle.parse(code)


class TestPeriodContaining:
    @pytest.mark.parametrize(
        ("code", "day", "first", "last"),
        [
            ("document", "2026-03-09", "2026-03-09", "2026-03-09"),
            ("day", "2026-12-31", "2026-12-31", "2026-12-31"),
            # 9 March 2026 is a Monday.
            ("week:1", "2026-03-09", "2026-03-09", "2026-03-15"),
            ("week:1", "2026-03-15", "2026-03-09", "2026-03-15"),
            ("week:7", "2026-03-14", "2026-03-08", "2026-03-14"),
            ("week:5", "2026-01-01", "2025-12-26", "2026-01-01"),
            ("half_month", "2026-02-15", "2026-02-01", "2026-02-15"),
            ("half_month", "2026-02-16", "2026-02-16", "2026-02-28"),
            ("half_month", "2024-02-29", "2024-02-16", "2024-02-29"),
            ("ten_day", "2026-12-10", "2026-12-01", "2026-12-10"),
            ("ten_day", "2026-12-20", "2026-12-11", "2026-12-20"),
            ("ten_day", "2026-12-31", "2026-12-21", "2026-12-31"),
            ("month:1", "2024-02-29", "2024-02-01", "2024-02-29"),
            ("month:26", "2026-01-25", "2025-12-26", "2026-01-25"),
            ("month:26", "2026-01-26", "2026-01-26", "2026-02-25"),
            # Anchors 29 to 31 fall to the last day of a shorter month, and recover after it.
            ("month:31", "2026-02-27", "2026-01-31", "2026-02-27"),
            ("month:31", "2026-02-28", "2026-02-28", "2026-03-30"),
            ("month:31", "2026-03-31", "2026-03-31", "2026-04-29"),
            ("month:31", "2026-04-30", "2026-04-30", "2026-05-30"),
            ("month:31", "2024-02-29", "2024-02-29", "2024-03-30"),
            ("month:29", "2026-02-28", "2026-02-28", "2026-03-28"),
            ("month:29", "2024-02-28", "2024-01-29", "2024-02-28"),
            ("month:30", "2024-02-29", "2024-02-29", "2024-03-29"),
            ("days:14@2026-01-05", "2026-01-05", "2026-01-05", "2026-01-18"),
            ("days:14@2026-01-05", "2026-01-19", "2026-01-19", "2026-02-01"),
            ("days:14@2026-01-05", "2026-01-04", "2025-12-22", "2026-01-04"),
        ],
    )
    def test_follows_the_table(self, code, day, first, last):
        assert period_containing(Cycle.parse(code), date.fromisoformat(day)) == period(first, last)

    @given(cycles, days)
    def test_holds_its_day_and_is_the_period_of_each_of_its_days(self, cycle, day):
        found = period_containing(cycle, day)
        assert day in found
        assert period_containing(cycle, found.starts_on) == found
        assert period_containing(cycle, found.last_day) == found

    @given(cycles, days)
    def test_leaves_no_gap_and_no_overlap(self, cycle, day):
        found = period_containing(cycle, day)
        after, before = next_period(cycle, found), previous_period(cycle, found)
        assert before.ends_before == found.starts_on
        assert found.ends_before == after.starts_on
        assert previous_period(cycle, after) == found == next_period(cycle, before)

    @pytest.mark.parametrize("anchor", range(1, 32))
    def test_makes_twelve_months_a_year_whatever_the_anchor(self, anchor):
        cycle = Cycle.parse(f"month:{anchor}")
        found = periods_between(cycle, date(2023, 1, anchor), date(2028, 1, anchor) - ONE_DAY)
        assert len(found) == 60
        assert all(28 <= one.days <= 31 for one in found)

    @pytest.mark.parametrize("day", [date.min, FIRST_DAY - ONE_DAY, LAST_DAY + ONE_DAY, date.max])
    def test_refuses_days_of_other_ages(self, day):
        with pytest.raises(DayOutOfRange):
            period_containing(Cycle.parse("month:31"), day)

    @given(cycles)
    def test_takes_the_first_and_the_last_day_there_is(self, cycle):
        assert FIRST_DAY in period_containing(cycle, FIRST_DAY)
        assert LAST_DAY in period_containing(cycle, LAST_DAY)


class TestPeriodsBetween:
    def test_gives_all_that_touch_the_range(self):
        found = periods_between(Cycle.parse("half_month"), date(2026, 1, 15), date(2026, 2, 16))
        assert [str(one) for one in found] == [
            "2026-01-01 to 2026-01-15",
            "2026-01-16 to 2026-01-31",
            "2026-02-01 to 2026-02-15",
            "2026-02-16 to 2026-02-28",
        ]

    @given(cycles, days, st.integers(0, 800))
    def test_tiles_the_range(self, cycle, first, length):
        last = first + timedelta(days=length)
        found = periods_between(cycle, first, last)
        assert first in found[0] and last in found[-1]
        assert all(a.ends_before == b.starts_on for a, b in pairwise(found))
        check_no_overlap(found)

    def test_refuses_a_range_that_runs_backwards(self):
        with pytest.raises(InvalidPeriod, match="runs backwards"):
            periods_between(Cycle.parse("day"), date(2026, 1, 2), date(2026, 1, 1))


class TestBoundaries:
    @given(cycles, days, st.integers(0, 400))
    def test_find_the_period_of_every_day_at_once(self, cycle, first, length):
        last = first + timedelta(days=length)
        cuts = boundaries(cycle, first, last)
        numbers = np.arange(day_number(first), day_number(last) + 1)
        place = np.searchsorted(cuts, numbers, side="right") - 1
        for number, at in zip(numbers.tolist(), place.tolist(), strict=True):
            found = period_containing(cycle, day_of_number(number))
            assert (cuts[at], cuts[at + 1]) == (day_number(found.starts_on), day_number(found.ends_before))

    def test_are_int64_day_numbers_since_1970(self):
        cuts = boundaries(Cycle.parse("month:1"), date(1970, 1, 15), date(1970, 2, 1))
        assert cuts.tolist() == [0, 31, 59]
        assert cuts.dtype == np.int64
        assert day_of_number(cuts[1]) == date(1970, 2, 1)


class TestPeriod:
    def test_is_half_open(self):
        january = period("2026-01-01", "2026-01-31")
        assert january.days == 31 and january.last_day == date(2026, 1, 31)
        assert date(2026, 1, 31) in january and date(2026, 2, 1) not in january

    def test_holds_at_least_a_day(self):
        with pytest.raises(InvalidPeriod):
            Period(date(2026, 1, 1), date(2026, 1, 1))


class TestCheckNoOverlap:
    def test_allows_gaps_neighbours_and_any_order(self):
        check_no_overlap([])
        check_no_overlap([period("2026-03-01", "2026-03-31"), period("2026-01-01", "2026-01-31")])
        check_no_overlap([period("2026-01-01", "2026-01-31"), period("2026-02-01", "2026-02-28")])

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            (("2026-01-01", "2026-01-31"), ("2026-01-31", "2026-02-28")),
            (("2026-01-01", "2026-12-31"), ("2026-03-01", "2026-03-31")),
            (("2026-01-01", "2026-01-31"), ("2026-01-01", "2026-01-31")),
        ],
    )
    def test_names_both_periods(self, first, second):
        one, other = period(*first), period(*second)
        with pytest.raises(OverlappingPeriods, match=f"{one} and {other}") as refused:
            check_no_overlap([other, period("2027-01-01", "2027-01-31"), one])
        assert refused.value.details == {"first": one, "second": other}
        assert refused.value.code == "overlapping_periods"

    @given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)), max_size=6))
    def test_agrees_with_counting_days(self, spans):
        made = [Period(day_of_number(start), day_of_number(start + length)) for start, length in spans]
        held = [start + day for start, length in spans for day in range(length)]
        if len(held) == len(set(held)):
            check_no_overlap(made)
        else:
            with pytest.raises(OverlappingPeriods):
                check_no_overlap(made)
