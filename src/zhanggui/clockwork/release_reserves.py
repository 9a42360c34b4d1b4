"""Release the reserves whose days are over."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from zhanggui.journeys.money_frozen import reserves_over


def release_reserves(*, clock: Callable[[], datetime], zone: tzinfo) -> int:
    """This function will release every hold that is due and return how many those were."""
    return reserves_over(clock=clock, zone=zone, actor="clockwork")
