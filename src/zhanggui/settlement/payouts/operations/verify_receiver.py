"""Verify a proposed receiver: from now on, after a cool-down, money goes there."""

from datetime import datetime, timedelta

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.payouts.errors import (
    ReceiverNotProposed,
    ReceiverVerifiedByProposer,
    UnknownReceiver,
)
from zhanggui.settlement.payouts.locks import hold_payouts
from zhanggui.settlement.payouts.models import Receiver, ReceiverState
from zhanggui.settlement.payouts.operations.note_steps import Step, note_steps
from zhanggui.settlement.payouts.states import RECEIVER


def verify_receiver(*, receiver_id: int, at: datetime, cool_down: timedelta, actor: str) -> Receiver:
    """This function will verify a receiver in the caller's transaction and return it. The party's verified one in
    that currency is closed, so from this moment until the cool-down is over nothing is paid at all.

    Raises UnknownReceiver, ReceiverNotProposed, ReceiverVerifiedByProposer.
    """
    hold_payouts()
    row = Receiver.objects.select_for_update().filter(id=receiver_id).first()
    if row is None:
        raise UnknownReceiver(f"there is no receiver {receiver_id}")
    if ReceiverState.VERIFIED not in RECEIVER[row.state]:
        raise ReceiverNotProposed(
            f"receiver {row.number_masked} is {row.state}; only a proposed one is verified"
        )
    if row.proposed_by == actor:
        raise ReceiverVerifiedByProposer(
            f"{actor} proposed {row.number_masked}; somebody else has to verify it"
        )
    steps = []
    for old in Receiver.objects.filter(
        party_id=row.party_id, currency=row.currency, receipt_id=row.receipt_id, state=ReceiverState.VERIFIED
    ):
        Receiver.objects.filter(id=old.id).update(state=ReceiverState.CLOSED, closed_at=at)
        steps.append(
            Step("receiver", old.id, old.state, ReceiverState.CLOSED, row.party_id, f"replaced by {row.id}")
        )
    before, row.state = row.state, ReceiverState.VERIFIED
    row.verified_at, row.verified_by, row.usable_from = at, actor, at + cool_down
    row.save(update_fields=["state", "verified_at", "verified_by", "usable_from"])
    note_steps(steps=[*steps, Step("receiver", row.id, before, row.state, row.party_id)], at=at, actor=actor)
    record_change(
        at=at, actor=actor, action="receiver.verified", object_kind="receiver", object_id=str(row.id),
        party_id=row.party_id, before={"state": before},
        after={"state": str(row.state), "usable_from": row.usable_from.isoformat(), "number": row.number_masked,
               "closed": [step.subject_id for step in steps]},
    )  # fmt: skip
    return row
