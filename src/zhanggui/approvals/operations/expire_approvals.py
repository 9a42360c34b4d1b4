"""Requests that nobody decided in time run out."""

from datetime import datetime, timedelta

from zhanggui.approvals.models import Approval, ApprovalState
from zhanggui.approvals.queries import due_to_expire
from zhanggui.audit.operations.record_change import record_change


def expire_approvals(*, at: datetime, actor: str, life: timedelta | None = None) -> list[Approval]:
    """This function will expire every request whose time is over, in the caller's transaction, and return them."""
    rows = list(due_to_expire(at, life).select_for_update())
    for row in rows:
        row.state, row.ended_at = ApprovalState.EXPIRED, at
        row.save(update_fields=["state", "ended_at"])
        record_change(
            at=at, actor=actor, action="approval.expired", object_kind=row.kind, object_id=row.subject,
            party_id=row.party_id, before={"state": "pending"}, after={"state": row.state},
        )  # fmt: skip
    return rows
