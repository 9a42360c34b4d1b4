"""Give members back what last month's orders promised them."""

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo

from zhanggui.journeys.members_rebated import members_rebated


def rebate_members(*, clock: Callable[[], datetime], zone: tzinfo) -> int:
    """This function will give every member the coupon of the month that is over, and return how many it gave."""
    last_month = clock().astimezone(zone).date().replace(day=1) - timedelta(days=1)
    return members_rebated(month=last_month, clock=clock, zone=zone, actor="clockwork")
