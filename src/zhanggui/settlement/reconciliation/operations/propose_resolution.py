"""Propose how a difference is settled: an explanation holds at once, an entry waits for a second person."""

from datetime import datetime
from typing import Any

from zhanggui.approvals.models import Approval
from zhanggui.approvals.operations.request_approval import request_approval
from zhanggui.audit.operations.record_change import record_change
from zhanggui.money import Money
from zhanggui.settlement.reconciliation.errors import DifferenceNotOpen, EvidenceMissing
from zhanggui.settlement.reconciliation.kinds import LIVE, DifferenceState
from zhanggui.settlement.reconciliation.models import Difference
from zhanggui.settlement.reconciliation.proposals import EXPLAIN, proposal
from zhanggui.settlement.reconciliation.queries import difference as find

APPROVAL_KIND = "reconciliation_entry"


def propose_resolution(
    *, difference_id: int, way: str, reason: str, at: datetime, actor: str
) -> tuple[Difference, Approval | None]:
    """This function will settle a difference by explanation, or put its adjusting entry up for approval, in the
    caller's transaction. Nothing is posted here.

    Raises UnknownDifference, DifferenceNotOpen, ResolutionUnfit, EvidenceMissing.
    """
    row = find(difference_id, lock=True)
    if row.state not in LIVE or row.proposed:
        raise DifferenceNotOpen(
            f"difference {row.id} is {'waiting for approval' if row.proposed else row.state};"
            " look at it again before you settle it",
            state=row.state,
        )
    if not reason.strip():
        raise EvidenceMissing("say why, and name the evidence: whoever checks it reads this")
    proposed = proposal(row, way)
    if way == EXPLAIN:
        _explain(row, reason, at, actor)
        return row, None
    content = entry_content(row, way, reason)
    request = request_approval(
        kind=APPROVAL_KIND, subject=str(row.id), title=_title(row, way), currency=row.currency,
        amount_minor=max(abs(amount) for _, amount in proposed.legs), payload=content, maker=actor, at=at,
    )  # fmt: skip
    row.proposed = {"way": way, "reason": reason, "approval": request.id, "by": actor}
    row.save(update_fields=["proposed"])
    return row, request


def entry_content(row: Difference, way: str, reason: str) -> dict[str, Any]:
    """This function will return what the checker approves: the difference, the way, and every leg."""
    legs = proposal(row, way).legs
    return {
        "difference": row.id, "kind": row.kind, "way": way, "reason": reason, "our_minor": row.our_minor,
        "their_minor": row.their_minor,
        "legs": [[key.entity_id, key.purpose, key.reference, key.currency, amount] for key, amount in legs],
    }  # fmt: skip


def _title(row: Difference, way: str) -> str:
    size = Money(abs(row.their_minor or row.our_minor), row.currency).grouped()
    return f"difference {row.id} ({row.kind}) of {row.day}: {way}, {row.currency} {size}"


def _explain(row: Difference, reason: str, at: datetime, actor: str) -> None:
    before = row.state
    row.state, row.resolution, row.reason = DifferenceState.EXPLAINED, EXPLAIN, reason
    row.resolved_at, row.resolved_by = at, actor
    row.save(update_fields=["state", "resolution", "reason", "resolved_at", "resolved_by"])
    record_change(
        at=at, actor=actor, action="difference.explained", object_kind="difference", object_id=str(row.id),
        before={"state": before}, after={"state": row.state, "reason": reason},
    )  # fmt: skip
