"""Give the rebates of periods that are over."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from zhanggui.journeys.rebate_agreed import rebates_due


def give_rebates(*, clock: Callable[[], datetime], zone: tzinfo) -> int:
    """This function will compute every agreement and return how many rebates it gave or took back."""
    return len(rebates_due(clock=clock, zone=zone, actor="clockwork"))
