"""Take down what a channel says of a refund."""

from datetime import datetime

from zhanggui.outbox.operations.write_notices import write_notices
from zhanggui.outbox.rules import Told
from zhanggui.payments.channel import RefundOutcome
from zhanggui.payments.channel import RefundState as Said
from zhanggui.payments.errors import RefundMismatch
from zhanggui.payments.locks import hold_charge
from zhanggui.payments.models import ChargePart, Refund, RefundState
from zhanggui.payments.operations.end_repair import close_repairs
from zhanggui.payments.states import REFUND, allowed

_MEANS = {
    Said.PROCESSING: RefundState.PROCESSING,
    Said.SUCCEEDED: RefundState.SUCCEEDED,
    Said.CLOSED: RefundState.FAILED,
    Said.ABNORMAL: RefundState.ABNORMAL,
    Said.UNKNOWN: RefundState.UNCLEAR,
}


def record_refund(*, refund: Refund, outcome: RefundOutcome, at: datetime) -> bool:
    """This function will move a refund to where the channel says it is, in the caller's transaction; True when this
    call moved it. What failed is free to be given back again. Raises RefundMismatch for another amount."""
    if outcome.number != refund.refund_no or (
        outcome.amount_minor and outcome.amount_minor != refund.amount_minor
    ):
        raise RefundMismatch(
            f"refund {refund.refund_no} is of {refund.amount_minor}; the channel says {outcome.number} of"
            f" {outcome.amount_minor}"
        )
    return move_refund(
        refund=refund, state=_MEANS[outcome.state], at=outcome.refunded_at or at, noted_at=at,
        said=outcome.said, channel_number=outcome.channel_number,
    )  # fmt: skip


def move_refund(
    *, refund: Refund, state: RefundState, at: datetime, noted_at: datetime, said: str = "",
    channel_number: str = "",
) -> bool:  # fmt: skip
    """This function will move a refund to `state` if its table has that step; True when it did."""
    charge = hold_charge(refund.charge_id)
    refund.refresh_from_db()
    refund.asked_again_at = noted_at
    before, moved = refund.state, allowed(REFUND, refund.state, state)
    if moved:
        refund.state, refund.said = state, said[:255]
        refund.channel_number = channel_number or refund.channel_number
        if state in (RefundState.SUCCEEDED, RefundState.FAILED):
            refund.ended_at = at
        if state == RefundState.FAILED:
            charge.refunded_minor -= refund.amount_minor
            charge.save(update_fields=["refunded_minor"])
            if refund.part_id is not None:
                part = ChargePart.objects.select_for_update().get(id=refund.part_id)
                part.refunded_minor -= refund.amount_minor
                part.save(update_fields=["refunded_minor"])
    refund.save(update_fields=["state", "said", "channel_number", "asked_again_at", "ended_at"])
    if moved and before == RefundState.ABNORMAL:
        close_repairs(refund=refund, at=noted_at)
    if moved and state == RefundState.SUCCEEDED:
        told = Told(
            "refund.succeeded", refund.reference or charge.payment.subject, buyer_id=charge.payment.payer_id,
            cause=refund.refund_no, about={"amount_minor": refund.amount_minor, "currency": refund.currency},
        )  # fmt: skip
        write_notices(told=[told], at=noted_at)
    return moved
