"""The maker takes a document back before it is decided."""

from datetime import datetime

from zhanggui.approvals.errors import ApprovalNotPending, NotTheMaker, UnknownApproval
from zhanggui.approvals.models import Approval, ApprovalState
from zhanggui.approvals.states import allowed
from zhanggui.audit.operations.record_change import record_change


def withdraw_approval(*, approval_id: int, maker: str, at: datetime, reason: str = "") -> Approval:
    """This function will withdraw a request in the caller's transaction and return it.

    Raises UnknownApproval, ApprovalNotPending, NotTheMaker.
    """
    row = Approval.objects.select_for_update().filter(id=approval_id).first()
    if row is None:
        raise UnknownApproval(f"there is no request for approval {approval_id}")
    if not allowed(row.state, ApprovalState.WITHDRAWN):
        raise ApprovalNotPending(
            f"{row.kind} {row.subject} is {row.state}; it cannot be withdrawn", state=row.state
        )
    if row.maker != maker:
        raise NotTheMaker(
            f"{row.maker} made {row.kind} {row.subject}; only they withdraw it, others reject it"
        )
    row.state, row.ended_at = ApprovalState.WITHDRAWN, at
    row.save(update_fields=["state", "ended_at"])
    record_change(
        at=at, actor=maker, action="approval.withdrawn", object_kind=row.kind, object_id=row.subject,
        party_id=row.party_id, before={"state": "pending"}, after={"state": row.state, "reason": reason},
    )  # fmt: skip
    return row
