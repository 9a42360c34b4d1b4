"""A channel says what became of a try: money is taken down, and what it pays for moves on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from zhanggui.journeys.purchase_paid import purchase_paid
from zhanggui.payments.channel import ChannelRefused, ChannelUnclear, ChargeOutcome, ChargeState
from zhanggui.payments.locks import hold_payment
from zhanggui.payments.models import AttemptState, ChargeUse, PaymentAttempt, PaymentState
from zhanggui.payments.operations.note_attempt import note_attempt
from zhanggui.payments.operations.record_charge import Recorded, record_charge
from zhanggui.payments.operations.request_refund import return_surplus
from zhanggui.payments.wired import adapter
from zhanggui.trade.orders.locks import hold_orders_of, hold_purchase

NOT_PAID_YET = (ChargeState.WAITING, ChargeState.UNKNOWN)
_MEANS = {
    ChargeState.WAITING: AttemptState.ASKED,
    ChargeState.CLOSED: AttemptState.CLOSED,
    ChargeState.UNKNOWN: AttemptState.UNCLEAR,
}


@transaction.atomic
def charge_answered(*, attempt: PaymentAttempt, outcome: ChargeOutcome, at: datetime) -> Recorded | None:
    """This function will take down what a channel says of a try: paid, it pays the purchase, or it is surplus and is
    given back; not paid, the try moves on. However often and in whatever order it is said, it counts once. Raises
    ChargeMismatch."""
    purchase = hold_purchase(attempt.payment.subject)
    orders = hold_orders_of(purchase)
    if outcome.state != ChargeState.PAID:
        hold_payment(attempt.payment_id)
        note_attempt(attempt=attempt, state=_MEANS[outcome.state], at=at, said=outcome.said)
        return None
    recorded = record_charge(attempt=attempt, outcome=outcome, at=at)
    if not recorded.fresh:
        return recorded
    if recorded.charge.use == ChargeUse.SURPLUS:
        return_surplus(charge=recorded.charge, at=at)
    else:
        purchase_paid(
            purchase=purchase, orders=orders, paid_at=recorded.charge.charged_at, at=at,
            actor=f"channel:{attempt.channel.code}",
        )  # fmt: skip
    return recorded


def charge_asked(*, attempt: PaymentAttempt, clock: Callable[[], datetime]) -> Recorded | None:
    """This function will ask a channel what became of a try and take its answer down; silence changes nothing but
    the time it was asked. It must not be called inside a transaction. Raises ChargeMismatch."""
    rail = adapter(attempt.channel)
    try:
        outcome = rail.query_charge(attempt.number, now=clock())
        if outcome.state in NOT_PAID_YET and attempt.payment.state == PaymentState.CLOSED:
            # Its purchase is gone while the channel was silent: nobody shall pay for it any more.
            rail.close_charge(attempt.number, now=clock())
            outcome = replace(outcome, state=ChargeState.CLOSED)
    except (ChannelUnclear, ChannelRefused):
        PaymentAttempt.objects.filter(id=attempt.id).update(asked_again_at=clock())
        return None
    if attempt.state == AttemptState.ASKED and outcome.state == ChargeState.UNKNOWN:
        # Some channels know of a payment only once the buyer has opened it; our time to pay decides.
        PaymentAttempt.objects.filter(id=attempt.id).update(asked_again_at=clock())
        return None
    return charge_answered(attempt=attempt, outcome=outcome, at=clock())


def charge_closed(*, attempt: PaymentAttempt, clock: Callable[[], datetime]) -> Recorded | None:
    """This function will close a try at its channel and note it; where it cannot be closed the channel is asked what
    became of it, since it may have been paid this moment. It must not be called inside a transaction. Raises
    ChargeMismatch."""
    try:
        adapter(attempt.channel).close_charge(attempt.number, now=clock())
    except (ChannelRefused, ChannelUnclear):
        return charge_asked(attempt=attempt, clock=clock)
    closed = ChargeOutcome(attempt.number, ChargeState.CLOSED)
    return charge_answered(attempt=attempt, outcome=closed, at=clock())
