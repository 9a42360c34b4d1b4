"""Let a payment wait longer."""

from datetime import datetime

from zhanggui.payments.models import Payment, PaymentState


def extend_payment(*, payment: Payment, until: datetime) -> None:
    """This function will let an open payment, locked by the caller, be paid until then; it never gets shorter."""
    if payment.state == PaymentState.OPEN and until > payment.expires_at:
        payment.expires_at = until
        payment.save(update_fields=["expires_at"])
