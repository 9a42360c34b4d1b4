"""Write down what became of handing a message over: it was taken, certainly not taken, or nobody knows."""

from datetime import date, datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.ledger.sources import EntrySource
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.payouts.locks import hold_payouts
from zhanggui.settlement.payouts.models import (
    AttemptState,
    BatchState,
    PayoutAttempt,
    PayoutBatch,
    PayoutState,
)
from zhanggui.settlement.payouts.operations.note_steps import Step, note_steps
from zhanggui.settlement.payouts.operations.step_payouts import step_payouts
from zhanggui.settlement.payouts.postings import Movement, post_movements
from zhanggui.settlement.payouts.states import ATTEMPT


def record_submission(
    *, batch_id: int, after: AttemptState, day: date, at: datetime, actor: str, reason: str = ""
) -> int:
    """This function will note, in the caller's transaction, that the attempts of a batch nothing was heard of yet are
    `submitted`, `unknown`, or `not_taken`, and return their number.

    Only what was certainly not taken moves money: back to confirmed, the payouts are approved as before, and the
    next attempt has another number. An answer that came in meanwhile stands.
    """
    hold_payouts()
    batch = PayoutBatch.objects.select_for_update().get(id=batch_id)
    attempts = [
        row
        for row in PayoutAttempt.objects.filter(payout__batch=batch).select_related("payout").order_by("id")
        if after in ATTEMPT[row.state] and row.payout.state == PayoutState.SENT
    ]
    steps = [Step("attempt", row.id, row.state, after, row.party_id, reason) for row in attempts]
    for row in attempts:
        row.state, row.reason = after, reason
        if after == AttemptState.SUBMITTED:
            row.submitted_at = at
    PayoutAttempt.objects.bulk_update(attempts, ["state", "reason", "submitted_at"], batch_size=100)
    note_steps(steps=steps, at=at, actor=actor)
    if after == AttemptState.NOT_TAKEN and attempts:
        _take_back(batch, attempts, day, at, actor, reason)
    if attempts:
        record_change(
            at=at, actor=actor, action=f"payout_batch.{after}", object_kind="payout_batch", object_id=batch.number,
            after={"attempts": len(attempts), "reason": reason},
        )  # fmt: skip
    return len(attempts)


def _take_back(
    batch: PayoutBatch, attempts: list[PayoutAttempt], day: date, at: datetime, actor: str, reason: str
) -> None:
    own = OwnAccount.objects.get(id=batch.own_account_id)
    post_movements(
        [Movement(row.payout, row.attempt, EntrySource.PAYOUT_FAILED, day) for row in attempts],
        own=own,
        at=at,
    )
    step_payouts(
        rows=[row.payout for row in attempts], after=PayoutState.APPROVED, at=at, actor=actor, reason=reason
    )
    before, batch.state = batch.state, BatchState.APPROVED
    batch.save(update_fields=["state"])
    note_steps(steps=[Step("batch", batch.id, before, batch.state, reason=reason)], at=at, actor=actor)
