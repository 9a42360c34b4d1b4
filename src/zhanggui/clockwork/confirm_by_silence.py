"""Confirm the statements nobody objected to in time."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from zhanggui.journeys.statement_confirmed import ConfirmedMany, silence_confirmed


def confirm_by_silence(*, clock: Callable[[], datetime], zone: tzinfo) -> ConfirmedMany:
    """This function will confirm every statement whose time to object is over."""
    return silence_confirmed(today=clock().astimezone(zone).date(), clock=clock, zone=zone)
