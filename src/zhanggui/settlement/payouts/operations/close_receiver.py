"""Close a receiver: nothing more is paid there."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.payouts.errors import ReceiverNotProposed, UnknownReceiver
from zhanggui.settlement.payouts.locks import hold_payouts
from zhanggui.settlement.payouts.models import Receiver, ReceiverState
from zhanggui.settlement.payouts.operations.note_steps import Step, note_steps
from zhanggui.settlement.payouts.states import RECEIVER


def close_receiver(*, receiver_id: int, at: datetime, actor: str, reason: str) -> Receiver:
    """This function will close a receiver (or refuse a proposed one) in the caller's transaction and return it.

    Payouts approved for it and not sent yet will fail instead of being sent. Raises UnknownReceiver,
    ReceiverNotProposed.
    """
    hold_payouts()
    row = Receiver.objects.select_for_update().filter(id=receiver_id).first()
    if row is None:
        raise UnknownReceiver(f"there is no receiver {receiver_id}")
    if ReceiverState.CLOSED not in RECEIVER[row.state]:
        raise ReceiverNotProposed(f"receiver {row.number_masked} is closed already")
    before, row.state, row.closed_at = row.state, ReceiverState.CLOSED, at
    row.save(update_fields=["state", "closed_at"])
    note_steps(steps=[Step("receiver", row.id, before, row.state, row.party_id, reason)], at=at, actor=actor)
    record_change(
        at=at, actor=actor, action="receiver.closed", object_kind="receiver", object_id=str(row.id),
        party_id=row.party_id, before={"state": before},
        after={"state": str(row.state), "number": row.number_masked, "reason": reason},
    )  # fmt: skip
    return row
