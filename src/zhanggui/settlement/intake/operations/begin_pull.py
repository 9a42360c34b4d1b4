"""Begin pulling a feed that is due."""

from datetime import datetime, timedelta

from zhanggui.settlement.intake.errors import PullLost
from zhanggui.settlement.intake.models import ChargeFeed, ChargePull, PullState

SILENT = timedelta(minutes=10)
"""After so long without a page (fetching one takes half a minute at most) whoever pulls is gone."""


def begin_pull(*, feed_id: int, at: datetime, actor: str) -> ChargePull | None:
    """This function will begin a pull in the caller's transaction and return it, with its feed; None if the feed is
    not due, is switched off, or is being pulled. A pull nobody heard of for SILENT ends as failed first."""
    feed = ChargeFeed.objects.select_for_update(of=("self",)).select_related("business_line").get(id=feed_id)
    running = ChargePull.objects.filter(feed_id=feed_id, state=PullState.RUNNING).first()
    if running is not None and running.alive_at > at - SILENT:
        return None
    if running is not None:
        lost = PullLost("whoever pulled is gone; it goes on after the last page that was taken in")
        running.state, running.finished_at = PullState.FAILED, at
        running.reject_code, running.reject_message = lost.code, lost.message
        running.save(update_fields=["state", "finished_at", "reject_code", "reject_message"])
    if not feed.active or feed.next_at > at:
        return None
    return ChargePull.objects.create(
        feed=feed, actor=feed.asked_by or actor, started_at=at, alive_at=at, began_after=feed.cursor,
        ended_after=feed.cursor,
    )  # fmt: skip
