"""A buyer's bank transfer is on our account, says a person who looked: it pays the order, or it goes back."""

from datetime import datetime, timedelta

from django.db import transaction

from zhanggui.audit.operations.record_change import record_change
from zhanggui.journeys.charge_answered import charge_answered
from zhanggui.payments.channel import ChargeOutcome, ChargeState, Method
from zhanggui.payments.errors import ChargeMismatch, UnknownPayment
from zhanggui.payments.models import Charge
from zhanggui.payments.operations.record_charge import Recorded
from zhanggui.payments.queries import attempt_by_number

EARLIER = timedelta(days=1)
"""Banks date to the day: a transfer may seem to be so much older than the try that it pays."""


@transaction.atomic
def transfer_arrived(
    *, payment_no: str, number: str, amount_minor: int, bank_number: str, arrived_at: datetime, payer: str,
    at: datetime, actor: str,
) -> Recorded:  # fmt: skip
    """This function will take down that the transfer of the try `number` of a payment arrived, with the number it
    has at the bank.

    Of the payment's amount and in time it pays; else (another amount, late, a second one) it is surplus, and all
    of it is to be given back. Said twice it counts once. Raises UnknownPayment, ChargeMismatch.
    """
    attempt = attempt_by_number(number)
    if attempt is None or attempt.method != Method.TRANSFER or attempt.payment.payment_no != payment_no:
        raise UnknownPayment(
            f"payment {payment_no} awaits no transfer with the text {number!r}", number=number
        )
    if amount_minor <= 0 or not _plain(bank_number) or not attempt.made_at - EARLIER <= arrived_at <= at:
        raise ChargeMismatch(
            f"{number}: a transfer has an amount above zero, the bank's number without blanks, and a day between"
            f" {attempt.made_at - EARLIER:%Y-%m-%d} and now"
        )
    other = Charge.objects.filter(channel=attempt.channel, channel_number=bank_number)
    if found := other.exclude(attempt=attempt).select_related("attempt").first():
        raise ChargeMismatch(f"the bank's number {bank_number} paid {found.attempt.number} already")
    recorded = charge_answered(
        attempt=attempt, at=at,
        outcome=ChargeOutcome(
            number=number, state=ChargeState.PAID, channel_number=bank_number, amount_minor=amount_minor,
            currency=attempt.payment.currency, paid_at=max(arrived_at, attempt.made_at), payer=payer,
            account=attempt.channel.account,
        ),
    )  # fmt: skip
    assert recorded is not None  # it was said to be paid
    if recorded.fresh:
        record_change(
            at=at, actor=actor, action="transfer.arrived", object_kind="buyer_payment",
            object_id=attempt.payment.payment_no,
            after={"number": number, "bank_number": bank_number, "amount_minor": amount_minor,
                   "use": recorded.charge.use},
        )  # fmt: skip
    return recorded


def _plain(number: str) -> bool:
    """Whether it can be found on a bank's statement: blanks there and here are not the same."""
    return bool(number) and number.isprintable() and not any(sign.isspace() for sign in number)
