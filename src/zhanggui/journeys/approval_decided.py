"""A document is approved or rejected by a second person, and carried out at once if it was the last one needed."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from django.db import transaction

from zhanggui.approvals.models import Approval, ApprovalState
from zhanggui.approvals.operations.decide_approval import Proof, decide_approval
from zhanggui.approvals.operations.expire_approvals import expire_approvals
from zhanggui.approvals.operations.withdraw_approval import withdraw_approval
from zhanggui.approvals.queries import approval, due_to_expire, hold_limits
from zhanggui.approvals.rules import Moment
from zhanggui.journeys import difference_settled, limit_raised, range_finished
from zhanggui.journeys import input_invoice_received as input_invoices
from zhanggui.journeys.adjustment_requested import adjustment_approved, adjustment_ended
from zhanggui.journeys.debt_collected import hold_debt, write_off_approved, write_off_ended
from zhanggui.journeys.deposit_changed import deposit_order_approved, deposit_order_ended, hold_deposit
from zhanggui.journeys.payout_batch_decided import payout_batch_approved, payout_batch_refused
from zhanggui.journeys.payout_evidenced import evidence_approved, hold_for_evidence
from zhanggui.journeys.rebate_agreed import agreement_approved, agreement_ended
from zhanggui.journeys.receipt_recorded import hold_receipt, receipt_refund_approved, receipt_refund_ended
from zhanggui.journeys.refund_repaired import hold_repair, repair_approved, repair_ended
from zhanggui.payments.operations.propose_repair import KIND as REFUND_REPAIR
from zhanggui.settlement.statements.locks import hold_for_filling


@dataclass(frozen=True)
class Following:
    """What follows a decision about one kind of document, all in the decision's own transaction.

    `hold` takes the locks of what follows before the decision is noted: the audit log's lock comes last.
    """

    approved: Callable[[Approval, Moment], object]
    ended: Callable[[Approval, Moment], object] = lambda approval, moment: None
    hold: Callable[[Approval], object] = lambda approval: None


FOLLOWING: dict[str, Following] = {
    difference_settled.APPROVAL_KIND: Following(difference_settled.approved, difference_settled.ended),
    "payout_batch": Following(payout_batch_approved, payout_batch_refused),
    "payout_evidence": Following(evidence_approved, hold=hold_for_evidence),
    input_invoices.KIND: Following(input_invoices.verification_approved, input_invoices.verification_ended),
    "adjustment": Following(adjustment_approved, adjustment_ended, lambda approval: hold_for_filling()),
    "rebate_agreement": Following(agreement_approved, agreement_ended),
    "deposit_deduction": Following(deposit_order_approved, deposit_order_ended, hold_deposit),
    "write_off": Following(write_off_approved, write_off_ended, hold_debt),
    limit_raised.KIND: Following(limit_raised.limit_raise_approved, hold=lambda approval: hold_limits()),
    REFUND_REPAIR: Following(repair_approved, repair_ended, hold_repair),
    range_finished.KIND: Following(
        range_finished.range_finishing_approved, hold=lambda approval: range_finished.hold_for_finishing()
    ),
    "receipt_refund": Following(receipt_refund_approved, receipt_refund_ended, hold_receipt),
}
"""By kind of document; a kind without a line here cannot be decided."""


@transaction.atomic
def approval_decided(
    *, approval_id: int, approve: bool, checker: str, roles: Collection[str], proof: Proof, at: datetime,
    zone: tzinfo, reason: str = "",
) -> Approval:  # fmt: skip
    """This function will note the decision and, when the document is now approved, carry it out; when it is now
    rejected, release what it held. Raises what `decide_approval` raises, and what carrying it out refuses:
    then nothing happened at all, and the request still waits."""
    _hold(approval_id)
    row = decide_approval(
        approval_id=approval_id,
        approve=approve,
        checker=checker,
        roles=roles,
        proof=proof,
        at=at,
        reason=reason,
    )
    moment, following = Moment(at, zone, checker), FOLLOWING[row.kind]
    if row.state == ApprovalState.APPROVED:
        following.approved(row, moment)
    elif row.state == ApprovalState.REJECTED:
        following.ended(row, moment)
    return row


@transaction.atomic
def approval_withdrawn(
    *, approval_id: int, maker: str, at: datetime, zone: tzinfo, reason: str = ""
) -> Approval:
    """This function will withdraw a request and release what it held. Raises what `withdraw_approval` raises."""
    _hold(approval_id)
    row = withdraw_approval(approval_id=approval_id, maker=maker, at=at, reason=reason)
    FOLLOWING[row.kind].ended(row, Moment(at, zone, maker))
    return row


@transaction.atomic
def approvals_expired(*, at: datetime, zone: tzinfo, actor: str, life: timedelta | None = None) -> int:
    """This function will expire requests whose time is over (with `life`, those too that wait for longer), release
    what they held, and return their number."""
    for due in due_to_expire(at, life):
        FOLLOWING[due.kind].hold(due)
    rows = expire_approvals(at=at, actor=actor, life=life)
    for row in rows:
        FOLLOWING[row.kind].ended(row, Moment(at, zone, actor))
    return len(rows)


def _hold(approval_id: int) -> None:
    found = approval(approval_id)
    if found is not None and found.kind in FOLLOWING:
        FOLLOWING[found.kind].hold(found)
