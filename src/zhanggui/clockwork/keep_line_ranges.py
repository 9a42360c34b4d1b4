"""Open a range of line numbers when it is time, by the clock."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from django.conf import settings

from zhanggui.settlement.archives.operations.open_range import open_range
from zhanggui.settlement.archives.ranges import range_due, refresh_whole


def keep_line_ranges(*, clock: Callable[[], datetime], zone: tzinfo, actor: str) -> int | None:
    """This function will refresh the planner's statistics of tables in ranges, and open the next range if it is due
    (ZHANGGUI_RANGE_LINES, the turn of a month); it returns that one's first number. Raises LinesBusy."""
    refresh_whole()
    if not range_due(lines=settings.RANGE_LINES, at=clock(), zone=zone):
        return None
    return open_range(at=clock(), actor=actor)
