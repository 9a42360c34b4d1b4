"""Requests that nobody decided in time run out."""

from datetime import datetime

from zhanggui.approvals.models import Approval, ApprovalState
from zhanggui.audit.operations.record_change import record_change


def expire_approvals(*, at: datetime, actor: str) -> list[Approval]:
    """This function will expire every request whose time is over, in the caller's transaction, and return them."""
    rows = list(
        Approval.objects.select_for_update()
        .filter(state=ApprovalState.PENDING, expires_at__lte=at)
        .order_by("id")[:1000]
    )
    for row in rows:
        row.state, row.ended_at = ApprovalState.EXPIRED, at
        row.save(update_fields=["state", "ended_at"])
        record_change(
            at=at, actor=actor, action="approval.expired", object_kind=row.kind, object_id=row.subject,
            party_id=row.party_id, before={"state": "pending"}, after={"state": row.state},
        )  # fmt: skip
    return rows
