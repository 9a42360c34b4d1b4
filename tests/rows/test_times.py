"""Times and days as integers."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.rows.times import day_number, day_of, local_days, microseconds, moment

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS)
def test_a_moment_survives_exactly(at: datetime) -> None:
    assert moment(microseconds(at)) == at


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(TypeError):
        microseconds(datetime(2026, 1, 1))  # noqa: DTZ001


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_a_day_survives(day: date) -> None:
    assert day_of(day_number(day)) == day
    assert day_number(date(1970, 1, 1)) == 0


@pytest.mark.parametrize(
    "zone", ["Asia/Shanghai", "America/Sao_Paulo", "Europe/London", "Asia/Kolkata", "UTC"]
)
def test_the_business_day_is_the_one_on_the_wall(zone: str) -> None:
    """Around every hour of a year with its changes of summer time, a microsecond to each side."""
    where = ZoneInfo(zone)
    start = datetime(2017, 1, 1, tzinfo=UTC)
    moments = [
        start + timedelta(hours=hour, microseconds=shift) for hour in range(24 * 366) for shift in (-1, 0)
    ]
    days = local_days(np.array([microseconds(at) for at in moments], dtype=np.int64), where)
    assert days.tolist() == [day_number(at.astimezone(where).date()) for at in moments]
