"""A repair of an abnormal refund goes on: approved, taken or refused by the channel, or dropped."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.payments.errors import RepairNotInState
from zhanggui.payments.models import Refund, RefundRepair, RepairState
from zhanggui.payments.states import REPAIR, REPAIRS_OPEN, allowed


def move_repair(
    *, repair_id: int, state: RepairState, at: datetime, actor: str, said: str = ""
) -> RefundRepair:
    """This function will move a repair, its refund's charge locked by the caller. Raises RepairNotInState."""
    row = RefundRepair.objects.select_for_update(of=("self",)).select_related("refund").get(id=repair_id)
    if not allowed(REPAIR, row.state, state):
        raise RepairNotInState(
            f"the money of {row.refund.refund_no} does not go to {row.card_masked or 'our own account'} any"
            f" more: that is {row.state}",
            state=row.state,
        )
    before, row.state, row.said = row.state, state, said[:255]
    row.ended_at = None if state == RepairState.APPROVED else at
    row.save(update_fields=["state", "said", "ended_at"])
    record_change(
        at=at, actor=actor, action=f"refund_repair.{state.value}", object_kind="buyer_refund",
        object_id=row.refund.refund_no, party_id=row.refund.party_id, before={"state": before},
        after={"state": state.value, "to": row.to, "card": row.card_masked, "said": row.said},
    )  # fmt: skip
    return row


def close_repairs(*, refund: Refund, at: datetime) -> None:
    """This function will end what was to send a refund's money on, once the refund has gone on, in the caller's
    transaction: what was sent was taken, though its answer was lost; what was not is dropped."""
    for repair in refund.repairs.filter(state__in=REPAIRS_OPEN):
        sent = repair.sent_at is not None
        move_repair(
            repair_id=repair.id, state=RepairState.TAKEN if sent else RepairState.DROPPED, at=at, actor="channel",
            said="" if sent else "the refund went on without it",
        )  # fmt: skip
