"""Post the approved entry over a difference."""

from datetime import datetime, tzinfo

from zhanggui.audit.operations.record_change import record_change
from zhanggui.ledger.operations.post_entry import post_entry
from zhanggui.ledger.sources import EntrySource
from zhanggui.payments.operations.note_fees_told import note_fees_told
from zhanggui.settlement.reconciliation.errors import DifferenceNotOpen
from zhanggui.settlement.reconciliation.kinds import LIVE, DifferenceState
from zhanggui.settlement.reconciliation.models import Difference
from zhanggui.settlement.reconciliation.proposals import (
    WRITE_OFF,
    proposal,
    told_of_sub_merchant,
)
from zhanggui.settlement.reconciliation.queries import difference as find


def adjust_difference(*, difference_id: int, at: datetime, actor: str, zone: tzinfo) -> Difference:
    """This function will post what was approved and settle the difference, in the caller's transaction, which
    decides the approval. Raises UnknownDifference, DifferenceNotOpen (its other side came meanwhile)."""
    row = find(difference_id, lock=True)
    if row.state not in LIVE or not row.proposed:
        raise DifferenceNotOpen(
            f"difference {row.id} is {row.state}; its other side may have come meanwhile: reject the request",
            state=row.state,
        )
    way = str(row.proposed["way"])
    post_entry(
        book_id=0, source=EntrySource.RECONCILING, key_a=row.id, key_b=0, legs=proposal(row, way).legs,
        booked_date=at.astimezone(zone).date(), occurred_at=at, at=at,
    )  # fmt: skip
    told = told_of_sub_merchant(row) if row.our_kind else None
    note_fees_told(rows=[told] if told else [])
    before = row.state
    row.state = DifferenceState.WRITTEN_OFF if way == WRITE_OFF else DifferenceState.ADJUSTED
    row.resolution, row.reason = way, str(row.proposed["reason"])
    row.resolved_at, row.resolved_by = at, actor
    row.save(update_fields=["state", "resolution", "reason", "resolved_at", "resolved_by"])
    record_change(
        at=at, actor=actor, action="difference.adjusted", object_kind="difference", object_id=str(row.id),
        before={"state": before}, after={"state": row.state, "way": way, "reason": row.reason},
    )  # fmt: skip
    return row


def drop_proposal(*, difference_id: int) -> None:
    """This function will take back a proposal that was rejected, withdrawn or ran out; the difference stays open."""
    row = find(difference_id, lock=True)
    if row.state in LIVE:
        row.proposed = {}
        row.save(update_fields=["proposed"])
