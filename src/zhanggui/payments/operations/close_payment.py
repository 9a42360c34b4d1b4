"""Close a payment that nobody is going to pay."""

from datetime import datetime

from zhanggui.payments.models import AttemptState, Payment, PaymentState
from zhanggui.payments.states import ATTEMPTS_OPEN


def close_payment(*, payment: Payment, at: datetime) -> bool:
    """This function will close `payment`, locked by the caller, with its open tries; False when it is over already.
    Money that comes for it yet becomes surplus and is given back."""
    if payment.state != PaymentState.OPEN:
        return False
    payment.attempts.filter(state__in=ATTEMPTS_OPEN).update(state=AttemptState.CLOSED, ended_at=at)
    payment.state, payment.closed_at = PaymentState.CLOSED, at
    payment.save(update_fields=["state", "closed_at"])
    return True
