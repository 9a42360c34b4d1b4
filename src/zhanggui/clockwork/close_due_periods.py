"""Close every period that ended before today."""

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo

from zhanggui.journeys.period_ended import Closed, period_ended


def close_due_periods(*, clock: Callable[[], datetime], zone: tzinfo) -> Closed:
    """This function will close through yesterday (business time zone)."""
    yesterday = clock().astimezone(zone).date() - timedelta(days=1)
    return period_ended(through=yesterday, clock=clock, zone=zone, actor="clockwork")
