"""Due rules: the day on which a period is paid."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.settlement.entities.rules.calendars import CalendarByLibrary, WeekdaysOnly
from zhanggui.settlement.entities.rules.due_dates import CountsFrom, DueRule, due_date
from zhanggui.settlement.entities.rules.errors import InvalidDueRule
from zhanggui.settlement.entities.rules.periods import Cycle, period_containing

codes = st.builds(
    "{}{}".format,
    st.builds("{}+{}".format, st.sampled_from("DT"), st.integers(0, 366))
    | st.builds("weekday:{}".format, st.integers(1, 7))
    | st.builds("month_day:{}".format, st.integers(1, 31)),
    st.sampled_from(["", "w"]),
)


class TestDueRule:
    @given(codes)
    def test_is_written_as_it_is_read(self, code):
        assert DueRule.parse(code).code == str(DueRule.parse(code)) == code

    @pytest.mark.parametrize(
        "code",
        ["", "D", "D7", "D+", "D+-1", "D+07", "D+367", "X+1", "d+1", "weekday:0", "month_day:32", "D+1W"],
    )
    def test_refuses_other_texts_and_shows_the_forms(self, code):
        with pytest.raises(InvalidDueRule, match="write D\\+7 or T\\+7"):
            DueRule.parse(code)

    def test_says_which_date_puts_a_document_into_a_period(self):
        assert DueRule.parse("T+7").counts_from is CountsFrom.COMPLETION
        assert {DueRule.parse(code).counts_from for code in ("D+7", "weekday:5", "month_day:15")} == {
            CountsFrom.EVENT
        }


class TestDueDate:
    @pytest.mark.parametrize(
        ("cycle", "day", "rule", "due"),
        [
            ("day", "2026-03-01", "D+0", "2026-03-01"),
            ("day", "2026-03-01", "D+7", "2026-03-08"),
            ("day", "2026-03-01", "T+7", "2026-03-08"),
            ("month:1", "2026-01-10", "D+10", "2026-02-10"),
            # Monday to Sunday, paid on Friday.
            ("week:1", "2026-03-11", "weekday:5", "2026-03-20"),
            ("week:1", "2026-03-11", "weekday:1", "2026-03-16"),
            ("week:1", "2026-03-11", "weekday:7", "2026-03-22"),
            # Calendar month, paid on the 15th, or the last day, of the next.
            ("month:1", "2026-12-10", "month_day:15", "2027-01-15"),
            ("month:1", "2026-01-10", "month_day:31", "2026-02-28"),
            ("half_month", "2026-03-10", "month_day:15", "2026-04-15"),
            ("month:26", "2026-03-10", "month_day:15", "2026-04-15"),
            # 30 September 2025 is a Tuesday, 1 to 8 October are holidays, 9 October is a Thursday, and
            # Saturday 11 October is worked in lieu.
            ("day", "2025-09-30", "T+0w", "2025-09-30"),
            ("day", "2025-09-30", "T+1w", "2025-10-09"),
            ("day", "2025-09-30", "D+3w", "2025-10-11"),
            ("day", "2025-10-01", "D+0w", "2025-10-09"),
            ("month:1", "2025-09-10", "month_day:1w", "2025-10-09"),
            ("week:1", "2025-09-25", "weekday:5w", "2025-10-09"),
        ],
    )
    def test_follows_the_table(self, cycle, day, rule, due):
        found = period_containing(Cycle.parse(cycle), date.fromisoformat(day))
        assert due_date(DueRule.parse(rule), found, CalendarByLibrary("CN")) == date.fromisoformat(due)

    @given(
        codes, st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.sampled_from(["day", "week:3", "month:31"])
    )
    def test_is_never_within_the_period_but_on_its_last_day(self, code, day, cycle):
        rule, found = DueRule.parse(code), period_containing(Cycle.parse(cycle), day)
        due = due_date(rule, found, WeekdaysOnly())
        assert due >= found.last_day
        if rule.working_days:
            assert due.isoweekday() <= 5

    @given(codes.map(DueRule.parse), st.dates(date(2020, 1, 1), date(2030, 12, 31)))
    def test_never_runs_backwards_from_one_period_to_the_next(self, rule, day):
        cycle, calendar = Cycle.parse("day"), WeekdaysOnly()
        tomorrow = period_containing(cycle, day + timedelta(days=1))
        assert due_date(rule, period_containing(cycle, day), calendar) <= due_date(rule, tomorrow, calendar)
