"""Split the orders that are due at their channels, and ask after what is under way."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from zhanggui.journeys.orders_split import MOST, SplitUp, orders_split
from zhanggui.journeys.shares_taken_back import returns_asked_after


def split_due(*, clock: Callable[[], datetime], zone: tzinfo) -> SplitUp:
    """This function will split everything that is due, batch by batch; what is asked for is asked after with a later
    run, as channels want a moment. So are shares being taken back, whose refunds do not wait for ever."""
    returns_asked_after(clock=clock, zone=zone)
    total = SplitUp()
    while True:
        done = orders_split(clock=clock, zone=zone)
        total = SplitUp(
            total.split + done.split, total.left + done.left, total.rests + done.rests,
            total.asked + done.asked, total.failed + done.failed,
        )  # fmt: skip
        if done.split + done.left < MOST:
            return total
