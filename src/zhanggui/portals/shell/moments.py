"""Days and times as people type them. The command line is an edge: here the clock is read."""

import argparse
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from zhanggui.portals.shell.errors import BadArguments


def clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def zone() -> ZoneInfo:
    """The zone of cut-offs and of times without one (ZHANGGUI_TIME_ZONE)."""
    found = timezone.get_default_timezone()
    assert isinstance(found, ZoneInfo)
    return found


def day(text: str) -> date:
    """A day on the command line, for argparse."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; write it as 2026-03-31") from None


def moment(text: str) -> datetime:
    """A time on the command line, for argparse: a day means its end, a time without a zone is ours."""
    try:
        if len(text) == len("2026-03-31"):
            return end_of(date.fromisoformat(text))
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither a day nor a time; write 2026-03-31 or 2026-03-31T18:00:00"
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=zone())


def end_of(whole: date) -> datetime:
    """The last microsecond of a day in our zone."""
    return datetime.combine(whole + timedelta(days=1), time(0), zone()) - timedelta(microseconds=1)


def not_in_the_future(at: datetime | None, option: str) -> datetime:
    """`at`, or now when none was given. Raises BadArguments for a time that has not come."""
    now = clock()
    if at is not None and at > now:
        raise BadArguments(f"{option} {at.astimezone(zone()).isoformat()} is still to come; name a past time")
    return at or now
