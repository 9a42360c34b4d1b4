"""Write down how a pull ended, and when its feed is pulled again."""

from datetime import datetime

from zhanggui.money.errors import Refusal
from zhanggui.settlement.intake.models import ChargeFeed, ChargePull, PullState
from zhanggui.settlement.intake.rules import next_wait

MESSAGE_MOST = 1_000


def end_pull(*, pull_id: int, at: datetime, fault: Refusal | None, changed: bool = False) -> ChargePull:
    """This function will end a pull in the caller's transaction and return it: done, or failed with its fault. A
    feed whose end was not reached, or that `changed` while it was pulled, is due again at once. One that was ended
    by somebody else stays as it is."""
    feed_id = ChargePull.objects.values_list("feed_id", flat=True).get(id=pull_id)
    feed = ChargeFeed.objects.select_for_update().get(id=feed_id)
    pull = ChargePull.objects.select_for_update().get(id=pull_id)
    if pull.state != PullState.RUNNING:
        return pull
    pull.finished_at, pull.state = at, PullState.FAILED if fault else PullState.DONE
    if fault:
        pull.reject_code, pull.reject_message = fault.code, fault.message[:MESSAGE_MOST]
    pull.save(update_fields=["finished_at", "state", "reject_code", "reject_message"])
    if fault is None or changed:
        feed.failures = 0
    else:
        feed.failures += 1
    at_once = changed or (fault is None and not pull.complete)
    feed.next_at = at if at_once else at + next_wait(feed.failures, feed.every_minutes)
    feed.asked_by = feed.asked_by if at_once else ""
    feed.save(update_fields=["failures", "next_at", "asked_by"])
    return pull
