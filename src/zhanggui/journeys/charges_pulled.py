"""A charge feed is pulled (拉取): page by page, each fetched outside any transaction and taken in within one."""

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from zhanggui.journeys.charges_received import charges_received
from zhanggui.money.errors import OurFault, Refusal
from zhanggui.settlement.intake.errors import FeedChanged
from zhanggui.settlement.intake.feeds import FeedPage, feed_reader
from zhanggui.settlement.intake.models import Charge, ChargePull
from zhanggui.settlement.intake.operations.add_feed import TOKEN_SEALED_AS
from zhanggui.settlement.intake.operations.begin_pull import begin_pull
from zhanggui.settlement.intake.operations.end_pull import end_pull
from zhanggui.settlement.intake.operations.take_in_page import hold_pull, take_in_page
from zhanggui.vault.sealing import unseal

PAGES_MOST = 500
TAKES_MOST = timedelta(minutes=4)
"""A pull that took so many pages, or so long, ends; the next one goes on where it stopped."""
logger = logging.getLogger("zhanggui.feeds")


def charges_pulled(*, feed_id: int, clock: Callable[[], datetime], actor: str) -> ChargePull | None:
    """This function will pull a feed if it is due and nobody else pulls it, and return the pull as it ended; None
    where there was nothing to do.

    Each page is one transaction with the cursor of the next, so whenever it breaks off (a worker killed, an answer
    lost), what came before stays and the same page is fetched again; its charges are settled once. What the other
    system does wrong ends the pull as failed, with the reason; the feed waits longer after each failure.
    """
    with transaction.atomic():
        pull = begin_pull(feed_id=feed_id, at=clock(), actor=actor)
    if pull is None:
        return None
    fault: Refusal | None = None
    changed = False
    try:
        _pages(pull, clock)
    except FeedChanged as meanwhile:
        fault, changed = meanwhile, True
    except Refusal as refusal:
        fault = refusal
    except Exception:
        logger.exception("pull %s of feed %s failed", pull.id, pull.feed.code)
        _end(pull, clock, OurFault(f"this is our fault; report it as pull {pull.id}"))
        raise
    return _end(pull, clock, fault, changed=changed)


def _end(
    pull: ChargePull, clock: Callable[[], datetime], fault: Refusal | None, *, changed: bool = False
) -> ChargePull:
    with transaction.atomic():
        return end_pull(pull_id=pull.id, at=clock(), fault=fault, changed=changed)


def _pages(pull: ChargePull, clock: Callable[[], datetime]) -> None:
    feed, fetch = pull.feed, feed_reader()
    token = unseal(bytes(feed.token_sealed), purpose=TOKEN_SEALED_AS) if feed.token_sealed else ""
    ends = pull.started_at + TAKES_MOST
    while not pull.complete and pull.pages < PAGES_MOST and clock() < ends:
        page = fetch(url=feed.url, token=token, after=pull.ended_after)
        pull = _taken_in(pull, page, clock())


@transaction.atomic
def _taken_in(pull: ChargePull, page: FeedPage, at: datetime) -> ChargePull:
    pull = hold_pull(pull=pull)
    accepted = repeated = rejected = 0
    if page.charges:
        batch = charges_received(
            business_line=pull.feed.business_line, key=_key(pull, page), records=page.charges, at=at,
            actor=pull.actor, pull=pull,
        )  # fmt: skip
        if batch.pull_id != pull.id:
            repeated = len(page.charges)  # the very same page was taken in by an earlier pull
        else:
            # A page that grew brings what it brought before once more; that is how feeds are, and no fault.
            repeated = Charge.objects.filter(batch_id=batch.id, reject_code="repeated").count()
            accepted, rejected = batch.accepted, batch.rejected - repeated
    return take_in_page(
        pull=pull, following=page.following, accepted=accepted, repeated=repeated, rejected=rejected, at=at
    )


def _key(pull: ChargePull, page: FeedPage) -> str:
    """The same page of a round has the same key and content, and is taken in once; one that grew has another."""
    feed = pull.feed
    content = hashlib.sha256(b"".join(one.digest() for one in page.charges)).hexdigest()[:24]
    place = hashlib.sha256(f"{feed.url}\n{pull.ended_after}".encode()).hexdigest()[:16]
    return f"feed-{feed.id}-{feed.round}-{place}-{content}"
