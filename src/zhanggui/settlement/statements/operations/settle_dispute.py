"""Settle a dispute: mark it upheld or rejected. The money of an upheld one follows as a correction."""

from datetime import datetime

from django.db.models import F

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.statements.errors import DisputeNotOpen
from zhanggui.settlement.statements.models import Dispute, Statement


def settle_dispute(*, dispute_id: int, upheld: bool, resolution: str, at: datetime, actor: str) -> Dispute:
    """This function will settle one open dispute in the caller's transaction. Raises DisputeNotOpen."""
    dispute = Dispute.objects.select_for_update().filter(id=dispute_id).first()
    if dispute is None or dispute.state != "open":
        raise DisputeNotOpen(f"dispute {dispute_id} is not open; it may be settled already")
    dispute.state = "upheld" if upheld else "rejected"
    dispute.resolved_at, dispute.resolved_by, dispute.resolution = at, actor, resolution
    dispute.save()
    Statement.objects.filter(party_id=dispute.party_id, id=dispute.statement_id).update(
        open_disputes=F("open_disputes") - 1
    )
    record_change(
        at=at, actor=actor, action=f"dispute.{dispute.state}", object_kind="dispute", object_id=str(dispute.id),
        party_id=dispute.party_id, before={"state": "open"}, after={"state": dispute.state, "text": resolution},
    )  # fmt: skip
    return dispute
