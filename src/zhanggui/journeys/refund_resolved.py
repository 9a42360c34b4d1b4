"""Staff go on with a refund where the channel does not: asked for again, or paid another way."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import get_default_timezone

from zhanggui.audit.operations.record_change import record_change
from zhanggui.journeys.shares_taken_back import shares_came_with
from zhanggui.payments.errors import RefundNotInState, RepairUnderWay
from zhanggui.payments.models import RefundState
from zhanggui.payments.operations.record_refund import move_refund
from zhanggui.payments.operations.request_refund import return_surplus_again
from zhanggui.payments.queries import refund_by_number
from zhanggui.payments.states import REPAIRS_OPEN
from zhanggui.settlement.intake.queries import refuse_finished_order
from zhanggui.trade.orders.locks import hold_orders
from zhanggui.trade.orders.models import GiveBack
from zhanggui.trade.orders.operations.give_back import give_back_again
from zhanggui.trade.returns.operations.end_refunded import end_refunded


@transaction.atomic
def refund_asked_again(*, refund_no: str, at: datetime, actor: str) -> str:
    """This function will ask for the money of a failed refund once more and return the new one's number. Raises
    UnknownPayment, RefundNotInState, LineFinished."""
    refund = refund_by_number(refund_no)
    if refund.reference:
        hold_orders([refund.reference])
        refund.refresh_from_db()
    if refund.state != RefundState.FAILED:
        raise RefundNotInState(
            f"refund {refund_no} is {refund.state}; only a failed one is asked for again", state=refund.state
        )
    slip = GiveBack.objects.select_related("order").filter(refund_no=refund_no).first()
    if slip is not None:
        refuse_finished_order(slip.order.order_no)
        fresh = give_back_again(slip=slip, at=at).refund_no
    elif not refund.reference:
        fresh = return_surplus_again(refund=refund, at=at).refund_no
    else:
        raise RefundNotInState(f"refund {refund_no} was asked for again already", state=refund.state)
    record_change(
        at=at, actor=actor, action="refund.asked_again", object_kind="buyer_refund", object_id=refund_no,
        party_id=refund.party_id, after={"refund_no": fresh},
    )  # fmt: skip
    return fresh


@transaction.atomic
def refund_paid_otherwise(*, refund_no: str, evidence: str, at: datetime, actor: str) -> None:
    """This function will end an abnormal refund whose money a person brought to the buyer another way; `evidence` is
    the number of that payment. Raises UnknownPayment, RefundNotInState, RepairUnderWay."""
    refund = refund_by_number(refund_no)
    if refund.reference:
        hold_orders([refund.reference])
        refund.refresh_from_db()
    if refund.state != RefundState.ABNORMAL:
        raise RefundNotInState(
            f"refund {refund_no} is {refund.state}; only one that needs another way ends so",
            state=refund.state,
        )
    if refund.repairs.filter(state__in=REPAIRS_OPEN).exists():
        raise RepairUnderWay(
            f"the money of {refund_no} is on its way to another account; withdraw that, or wait for the channel"
        )
    said = f"paid otherwise: {evidence}"
    move_refund(refund=refund, state=RefundState.SUCCEEDED, at=at, noted_at=at, said=said)
    shares_came_with(refund=refund, at=at, zone=get_default_timezone())
    end_refunded(refund_no=refund_no, at=at, actor=actor)
    record_change(
        at=at, actor=actor, action="refund.paid_otherwise", object_kind="buyer_refund", object_id=refund_no,
        party_id=refund.party_id, after={"evidence": evidence},
    )  # fmt: skip
