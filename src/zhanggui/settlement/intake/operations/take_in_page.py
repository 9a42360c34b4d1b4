"""Take note of a page of a feed: what came with it, and which page is next."""

from datetime import datetime

from zhanggui.settlement.intake.errors import FeedChanged
from zhanggui.settlement.intake.models import ChargeFeed, ChargePull, PullState


def hold_pull(*, pull: ChargePull) -> ChargePull:
    """This function will lock a pull and its feed in the caller's transaction and return it as it is now. Raises
    FeedChanged when it is not what `pull` says: somebody changed the feed, or another worker took it over."""
    feed = (
        ChargeFeed.objects.select_for_update(of=("self",))
        .select_related("business_line")
        .get(id=pull.feed_id)
    )
    now = ChargePull.objects.select_for_update().get(id=pull.id)
    then = pull.feed
    same = (feed.url, feed.round, feed.cursor, bytes(feed.token_sealed)) == (
        then.url, then.round, pull.ended_after, bytes(then.token_sealed),
    )  # fmt: skip
    if now.state != PullState.RUNNING or not feed.active or not same:
        raise FeedChanged("the feed was changed while it was pulled; it is pulled again as it is now")
    now.feed = feed
    return now


def take_in_page(
    *, pull: ChargePull, following: str | None, accepted: int, repeated: int, rejected: int, at: datetime
) -> ChargePull:
    """This function will note one page on a pull that `hold_pull` locked, and move its feed on, in the same
    transaction in which the page's charges are taken in. The last page stays the one to fetch next time."""
    pull.pages += 1
    pull.accepted += accepted
    pull.repeated += repeated
    pull.rejected += rejected
    pull.alive_at = at
    pull.complete = following is None or following == pull.feed.cursor
    if not pull.complete:
        pull.ended_after = pull.feed.cursor = following or ""
    pull.save(
        update_fields=["pages", "accepted", "repeated", "rejected", "alive_at", "complete", "ended_after"]
    )
    pull.feed.save(update_fields=["cursor"])
    return pull
