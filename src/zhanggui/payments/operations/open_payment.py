"""Open a payment: what a buyer is to pay, and for which orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from zhanggui.payments.errors import PartsDiffer
from zhanggui.payments.models import Payment, PaymentPart
from zhanggui.rows.document_numbers import fresh_number


@dataclass(frozen=True)
class PartOf:
    """What an order gets of a payment, minor units; `party_id` is the merchant."""

    reference: str
    party_id: int
    amount_minor: int


def open_payment(
    *, subject: str, payer_id: int, currency: str, amount_minor: int, parts: Sequence[PartOf], title: str,
    at: datetime, expires_at: datetime,
) -> Payment:  # fmt: skip
    """This function will open the one payment of `subject`, in the caller's transaction. Raises PartsDiffer."""
    if sum(part.amount_minor for part in parts) != amount_minor or any(
        part.amount_minor < 0 for part in parts
    ):
        raise PartsDiffer(f"the parts of {subject} do not add up to {amount_minor}", subject=subject)
    payment = Payment.objects.create(
        payment_no=fresh_number("P", at), subject=subject, payer_id=payer_id, currency=currency,
        amount_minor=amount_minor, title=title[:120], made_at=at, expires_at=expires_at,
    )  # fmt: skip
    PaymentPart.objects.bulk_create(
        PaymentPart(
            payment=payment, reference=part.reference, party_id=part.party_id, amount_minor=part.amount_minor
        )
        for part in parts
    )
    return payment
