"""Write a try down before a channel is asked."""

from collections.abc import Mapping
from datetime import datetime

from zhanggui.payments.errors import PaymentOver
from zhanggui.payments.models import AttemptState, Payment, PaymentAttempt, PaymentChannel, PaymentState
from zhanggui.payments.states import ATTEMPTS_OPEN
from zhanggui.payments.sub_merchants import PaidTo, written
from zhanggui.rows.document_numbers import fresh_number


def begin_attempt(
    *, payment: Payment, channel: PaymentChannel, method: str, combined: bool, at: datetime,
    accounts: Mapping[str, PaidTo] | None = None,
) -> PaymentAttempt:  # fmt: skip
    """This function will return the try with which `payment`, locked by the caller, is to be paid at `channel`: the
    open one of this channel and method if there is one (asked again under the same number it is the same), else a
    new one, with the sub-merchants that are paid, by order (`accounts`). Raises PaymentOver."""
    if payment.state != PaymentState.OPEN:
        raise PaymentOver(
            f"payment {payment.payment_no} is {payment.state}; look at the order", state=payment.state
        )
    if at >= payment.expires_at:
        raise PaymentOver(f"the time to pay {payment.payment_no} is over; order again", state="expired")
    found = payment.attempts.filter(channel=channel, method=method, state__in=ATTEMPTS_OPEN).first()
    return found or PaymentAttempt.objects.create(
        payment=payment, channel=channel, number=fresh_number("T", at), method=method, combined=combined,
        state=AttemptState.RECORDED, made_at=at, accounts=written(accounts or {}),
    )  # fmt: skip
