"""Switch a charge feed off, or on again."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.intake.errors import FeedNotInState
from zhanggui.settlement.intake.models import ChargeFeed
from zhanggui.settlement.intake.queries import locked_feed


def switch_feed(*, code: str, active: bool, reason: str, at: datetime, actor: str) -> ChargeFeed:
    """This function will switch a feed off or on in the caller's transaction and return it. What was pulled stays;
    switched on it goes on where it was, at once. Raises UnknownFeed, FeedNotInState."""
    row = locked_feed(code)
    if row.active == active:
        raise FeedNotInState(f"feed {code} is {'on' if active else 'off'} already; nothing is left to do")
    row.active, row.asked_by, row.failures = active, "", 0
    row.next_at = at if active else row.next_at
    row.save(update_fields=["active", "asked_by", "failures", "next_at"])
    record_change(
        at=at, actor=actor, action=f"charge_feed.switched_{'on' if active else 'off'}",
        object_kind="charge_feed", object_id=code, before={"active": not active},
        after={"active": active, "reason": reason},
    )  # fmt: skip
    return row
