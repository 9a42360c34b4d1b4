"""Approve a batch, as a second person decided."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.payouts.errors import BatchChanged, BatchNotProposed, UnknownBatch
from zhanggui.settlement.payouts.locks import hold_payouts
from zhanggui.settlement.payouts.models import BatchState, Payout, PayoutBatch, PayoutState
from zhanggui.settlement.payouts.operations.note_steps import Step, note_steps
from zhanggui.settlement.payouts.operations.step_payouts import step_payouts
from zhanggui.settlement.payouts.queries import content_of
from zhanggui.settlement.payouts.states import BATCH


def approve_batch(*, number: str, content: object, approval_id: int, at: datetime, actor: str) -> PayoutBatch:
    """This function will approve a batch in the caller's transaction and return it; its payouts may now be sent.

    `content` is what the checker saw. Raises UnknownBatch, BatchNotProposed, BatchChanged.
    """
    row = _proposed(number)
    if content_of(row) != content:
        raise BatchChanged(f"batch {number} is not what was put up for approval; reject it and make another")
    row.state, row.approved_at, row.approved_by, row.approval_id = BatchState.APPROVED, at, actor, approval_id
    row.save(update_fields=["state", "approved_at", "approved_by", "approval_id"])
    payouts = list(Payout.objects.filter(batch=row).order_by("id"))
    note_steps(steps=[Step("batch", row.id, BatchState.PROPOSED, BatchState.APPROVED)], at=at, actor=actor)
    step_payouts(rows=payouts, after=PayoutState.APPROVED, at=at, actor=actor)
    _recorded(row, "approved", at, actor)
    return row


def _proposed(number: str) -> PayoutBatch:
    hold_payouts()
    row = PayoutBatch.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise UnknownBatch(f"there is no payout batch {number}")
    if BatchState.APPROVED not in BATCH[row.state]:
        raise BatchNotProposed(f"batch {number} is {row.state}; only a proposed one is decided about")
    return row


def _recorded(row: PayoutBatch, what: str, at: datetime, actor: str) -> None:
    record_change(
        at=at, actor=actor, action=f"payout_batch.{what}", object_kind="payout_batch", object_id=row.number,
        before={"state": BatchState.PROPOSED}, after={"state": str(row.state), "total_minor": row.total_minor},
    )  # fmt: skip
