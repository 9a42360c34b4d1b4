"""Ask parties whose deposit is short to top up."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from zhanggui.journeys.deposit_changed import deposits_demanded


def ask_for_deposits(*, clock: Callable[[], datetime], zone: tzinfo) -> int:
    """This function will set what is required of every party and return how many are asked for more."""
    return len(deposits_demanded(clock=clock, zone=zone, actor="clockwork"))
