"""Approve or reject a document that somebody else made."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from zhanggui.approvals.errors import (
    AboveLimit,
    AmountRetypedWrong,
    ApprovalNotPending,
    CheckedAlready,
    ContentChanged,
    MakerIsChecker,
    ProofMissing,
    UnknownApproval,
)
from zhanggui.approvals.models import Approval, ApprovalDecision, ApprovalState
from zhanggui.approvals.queries import limits
from zhanggui.approvals.rules import best_limit, content_digest
from zhanggui.approvals.states import allowed
from zhanggui.audit.operations.record_change import record_change
from zhanggui.money import Money


@dataclass(frozen=True)
class Proof:
    """How the checker showed that they looked: a second factor just passed, or the amount typed once more
    (minor units)."""

    second_factor: bool = False
    retyped_minor: int | None = None


def decide_approval(
    *, approval_id: int, approve: bool, checker: str, roles: Collection[str], proof: Proof, at: datetime,
    reason: str = "",
) -> Approval:  # fmt: skip
    """This function will note one person's decision in the caller's transaction and return the request, whose
    state says whether it is now approved, rejected, or waits for another checker.

    `roles` are those the checker holds at the platform. Raises UnknownApproval, ApprovalNotPending,
    MakerIsChecker, CheckedAlready, ContentChanged; for an approval also AboveLimit, ProofMissing and
    AmountRetypedWrong.
    """
    row = _waiting(approval_id, checker, at)
    if approve:
        _refuse_unfit(row, roles, proof)
    ApprovalDecision.objects.create(
        approval=row, checker=checker, approved=approve, at=at, reason=reason,
        proof=("second_factor" if proof.second_factor else "amount") if approve else "",
    )  # fmt: skip
    given = row.decisions.filter(approved=True).count()
    after = ApprovalState.REJECTED
    if approve:
        after = ApprovalState.APPROVED if given >= row.checks_needed else ApprovalState.PENDING
    if after != ApprovalState.PENDING:
        row.state, row.ended_at = after, at
        row.save(update_fields=["state", "ended_at"])
    record_change(
        at=at, actor=checker, action=f"approval.{'approved' if approve else 'rejected'}", object_kind=row.kind,
        object_id=row.subject, party_id=row.party_id, before={"state": "pending"},
        after={"state": row.state, "given": given, "needed": row.checks_needed, "reason": reason,
               "digest": bytes(row.digest).hex()},
    )  # fmt: skip
    return row


def _waiting(approval_id: int, checker: str, at: datetime) -> Approval:
    row = Approval.objects.select_for_update().filter(id=approval_id).first()
    if row is None:
        raise UnknownApproval(f"there is no request for approval {approval_id}")
    if not allowed(row.state, ApprovalState.APPROVED):
        raise ApprovalNotPending(
            f"{row.kind} {row.subject} is {row.state}; nothing is left to decide", state=row.state
        )
    if row.expires_at is not None and row.expires_at <= at:
        raise ApprovalNotPending(
            f"the request for {row.kind} {row.subject} ran out on {row.expires_at:%Y-%m-%d %H:%M}; ask its maker"
            " to put it up again",
            state=ApprovalState.EXPIRED,
        )
    if row.maker == checker:
        raise MakerIsChecker(f"{checker} made {row.kind} {row.subject}; somebody else has to decide about it")
    if row.decisions.filter(checker=checker).exists():
        raise CheckedAlready(
            f"{checker} has decided about {row.kind} {row.subject}; it waits for another person"
        )
    if content_digest(row.payload) != bytes(row.digest):
        raise ContentChanged(f"the content of {row.kind} {row.subject} is not what was put up; reject it")
    return row


def _refuse_unfit(row: Approval, roles: Collection[str], proof: Proof) -> None:
    limit = best_limit(limits(), roles=roles, kind=row.kind, currency=row.currency)
    if limit is None or (limit.max_minor is not None and row.amount_minor > limit.max_minor):
        most = "nothing" if limit is None else str(Money(limit.max_minor or 0, row.currency))
        raise AboveLimit(
            f"{row.kind} {row.subject} moves {Money(row.amount_minor, row.currency)}; your roles may approve"
            f" {most} at most; ask somebody with a higher limit"
        )
    if proof.second_factor:
        return
    if proof.retyped_minor is None:
        raise ProofMissing("type the amount once more, or confirm with your second factor")
    if proof.retyped_minor != row.amount_minor:
        raise AmountRetypedWrong("the amount typed is not the document's; look at it again")
