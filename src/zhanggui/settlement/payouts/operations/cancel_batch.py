"""Cancel a batch that nobody approved."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.payouts.errors import BatchNotProposed, UnknownBatch
from zhanggui.settlement.payouts.locks import hold_payouts
from zhanggui.settlement.payouts.models import BatchState, Payout, PayoutBatch, PayoutState
from zhanggui.settlement.payouts.operations.note_steps import Step, note_steps
from zhanggui.settlement.payouts.operations.step_payouts import step_payouts
from zhanggui.settlement.payouts.states import BATCH


def cancel_batch(*, number: str, at: datetime, actor: str, reason: str = "") -> PayoutBatch:
    """This function will cancel a batch that nobody approved, in the caller's transaction, and return it: its
    statements are free for another one. Raises UnknownBatch, BatchNotProposed."""
    row = _proposed(number)
    row.state, row.done_at = BatchState.CANCELLED, at
    row.save(update_fields=["state", "done_at"])
    payouts = list(Payout.objects.filter(batch=row).order_by("id"))
    note_steps(
        steps=[Step("batch", row.id, BatchState.PROPOSED, BatchState.CANCELLED, reason=reason)],
        at=at,
        actor=actor,
    )
    step_payouts(rows=payouts, after=PayoutState.CANCELLED, at=at, actor=actor, reason=reason)
    _recorded(row, "cancelled", at, actor)
    return row


def _proposed(number: str) -> PayoutBatch:
    hold_payouts()
    row = PayoutBatch.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise UnknownBatch(f"there is no payout batch {number}")
    if BatchState.CANCELLED not in BATCH[row.state]:
        raise BatchNotProposed(f"batch {number} is {row.state}; only a proposed one is decided about")
    return row


def _recorded(row: PayoutBatch, what: str, at: datetime, actor: str) -> None:
    record_change(
        at=at, actor=actor, action=f"payout_batch.{what}", object_kind="payout_batch", object_id=row.number,
        before={"state": BatchState.PROPOSED}, after={"state": str(row.state), "total_minor": row.total_minor},
    )  # fmt: skip
