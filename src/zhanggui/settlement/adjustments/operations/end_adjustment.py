"""An adjustment that was not approved ends; it never touched money."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.adjustments.errors import AdjustmentNotPending
from zhanggui.settlement.adjustments.models import Adjustment, DocumentState
from zhanggui.settlement.adjustments.states import allowed


def end_adjustment(*, adjustment_id: int, state: str, at: datetime, actor: str) -> Adjustment:
    """This function will end an adjustment as rejected, withdrawn or expired, in the caller's transaction.

    Raises AdjustmentNotPending.
    """
    row = Adjustment.objects.select_for_update().get(id=adjustment_id)
    if not allowed(row.state, state):
        raise AdjustmentNotPending(f"{row.number} is {row.state}; nothing is left to do", state=row.state)
    row.state, row.ended_at = DocumentState(state), at
    row.save(update_fields=["state", "ended_at"])
    record_change(
        at=at, actor=actor, action=f"adjustment.{state}", object_kind="adjustment", object_id=row.number,
        party_id=row.party_id, before={"state": "pending"}, after={"state": state},
    )  # fmt: skip
    return row
