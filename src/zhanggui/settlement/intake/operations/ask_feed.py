"""Have a charge feed pulled now, from where it is or from its first page."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.intake.errors import FeedNotInState
from zhanggui.settlement.intake.models import ChargeFeed
from zhanggui.settlement.intake.queries import locked_feed


def ask_feed(*, code: str, anew: bool, at: datetime, actor: str) -> ChargeFeed:
    """This function will make a feed due in the caller's transaction and return it.

    `anew` has it begin with its first page: charges that were accepted stay settled once, rejected ones get another
    try. Raises UnknownFeed, FeedNotInState.
    """
    row = locked_feed(code)
    if not row.active:
        raise FeedNotInState(f"feed {code} is switched off; switch it on first")
    row.next_at, row.asked_by = min(row.next_at, at), actor
    if anew:
        # Another round has other keys, so that pages known by theirs are looked at again.
        row.cursor, row.round = "", row.round + 1
    row.save(update_fields=["next_at", "asked_by", "cursor", "round"])
    record_change(
        at=at, actor=actor, action=f"charge_feed.{'restarted' if anew else 'asked'}",
        object_kind="charge_feed", object_id=code, after={"round": row.round},
    )  # fmt: skip
    return row
