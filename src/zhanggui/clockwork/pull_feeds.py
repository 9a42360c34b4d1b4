"""Pull charge feeds: put a job in for each that is due, and pull one."""

from collections.abc import Callable
from datetime import datetime

from zhanggui.journeys.charges_pulled import charges_pulled
from zhanggui.settlement.intake.models import ChargePull
from zhanggui.settlement.intake.queries import due_feeds


def pull_due_feeds(*, at: datetime, enqueue: Callable[[int], object]) -> list[int]:
    """This function will `enqueue` every feed that is due, and return them: each is a job of its own, so that a slow
    system keeps no other waiting."""
    found = due_feeds(at)
    for feed_id in found:
        enqueue(feed_id)
    return found


def pull_feed(*, feed_id: int, clock: Callable[[], datetime]) -> ChargePull | None:
    """This function will pull one feed if it is due. Twice is harmless. What the other system did wrong stands on
    the pull and in the list of feeds; the next try is the feed's, not the job's."""
    return charges_pulled(feed_id=feed_id, clock=clock, actor="clockwork")
