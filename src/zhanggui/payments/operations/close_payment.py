"""Close a payment that nobody is going to pay."""

from datetime import datetime

from zhanggui.payments.models import AttemptState, Payment, PaymentState


def close_payment(*, payment: Payment, at: datetime) -> bool:
    """This function will close `payment`, locked by the caller, with the tries that no channel has heard of; False
    when it is over already. The others stay open until their channel says that they are closed, or paid: money that
    comes for it yet becomes surplus and is given back."""
    if payment.state != PaymentState.OPEN:
        return False
    payment.attempts.filter(state=AttemptState.RECORDED).update(state=AttemptState.CLOSED, ended_at=at)
    payment.state, payment.closed_at = PaymentState.CLOSED, at
    payment.save(update_fields=["state", "closed_at"])
    return True
