"""Times and days as integers, exactly: microseconds and days since 1970-01-01T00:00:00Z."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_US = 86_400_000_000
_DAY_ZERO = date(1970, 1, 1).toordinal()


def microseconds(at: datetime) -> int:
    """This function will return an aware datetime as microseconds since 1970. Raises TypeError if naive."""
    return (at - EPOCH) // timedelta(microseconds=1)


def moment(microseconds_since_epoch: int) -> datetime:
    """This function will return the aware UTC datetime of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=microseconds_since_epoch)


def day_number(day: date) -> int:
    """This function will return a date as days since 1970-01-01."""
    return day.toordinal() - _DAY_ZERO


def day_of(number: int) -> date:
    """This function will return the date of days since 1970-01-01."""
    return date.fromordinal(number + _DAY_ZERO)


def local_days(times_us: NDArray[np.int64], zone: tzinfo) -> NDArray[np.int64]:
    """This function will return the business day of each time in `zone`, as days since 1970-01-01.

    Zones shift at whole hours at most a few times a year, so each distinct UTC hour is looked up once.
    """
    hours, where = np.unique(times_us // 3_600_000_000, return_inverse=True)
    offsets = np.fromiter(
        (_offset_us(int(hour), zone) for hour in hours.tolist()), dtype=np.int64, count=len(hours)
    )
    return (times_us + offsets[where.reshape(-1)]) // DAY_US


def local_day(time_us: int, zone: tzinfo) -> int:
    """This function will return the business day of one time in `zone`, as days since 1970-01-01."""
    return (time_us + _offset_us(time_us // 3_600_000_000, zone)) // DAY_US


@lru_cache(maxsize=4096)
def _offset_us(hour: int, zone: tzinfo) -> int:
    offset = (EPOCH + timedelta(hours=hour)).astimezone(zone).utcoffset() or timedelta(0)
    return offset // timedelta(microseconds=1)
