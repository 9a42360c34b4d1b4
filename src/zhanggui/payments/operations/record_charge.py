"""Take down money that a channel says it took from a buyer."""

from dataclasses import dataclass
from datetime import datetime

from zhanggui.payments.channel import ChargeOutcome, ChargeState
from zhanggui.payments.errors import ChargeMismatch
from zhanggui.payments.locks import hold_payment
from zhanggui.payments.models import (
    AttemptState,
    Charge,
    ChargePart,
    ChargeUse,
    Payment,
    PaymentAttempt,
    PaymentState,
)
from zhanggui.payments.sub_merchants import fee_of, read


@dataclass(frozen=True)
class Recorded:
    """The charge, and whether this call was the one that took it down."""

    charge: Charge
    fresh: bool


def record_charge(*, attempt: PaymentAttempt, outcome: ChargeOutcome, at: datetime) -> Recorded:
    """This function will take a paid outcome down as a charge, in the caller's transaction, once.

    It pays the payment if that is open and the amount is the payment's; else it is surplus (late, double, of another
    amount) and all of it is to be given back. Raises ChargeMismatch, with nothing written, where it cannot be ours.
    """
    payment = hold_payment(attempt.payment_id)
    attempt.refresh_from_db()
    known = Charge.objects.filter(attempt=attempt).first()
    if known is not None:
        if (known.channel_number, known.amount_minor) != (outcome.channel_number, outcome.amount_minor):
            raise ChargeMismatch(
                f"{attempt.number} was paid as {known.channel_number} of {known.amount_minor};"
                f" now it is said to be {outcome.channel_number} of {outcome.amount_minor}"
            )
        return Recorded(known, fresh=False)
    _check(attempt, outcome)
    fits = payment.state == PaymentState.OPEN and outcome.amount_minor == payment.amount_minor
    charge = Charge.objects.create(
        attempt=attempt, payment=payment, channel=attempt.channel, channel_number=outcome.channel_number,
        use=ChargeUse.ACCEPTED if fits else ChargeUse.SURPLUS, currency=payment.currency,
        amount_minor=outcome.amount_minor, payer=outcome.payer[:128], charged_at=outcome.paid_at or at,
        recorded_at=at,
    )  # fmt: skip
    if fits:
        _keep_parts(charge, payment, attempt, outcome)
        payment.state, payment.paid_at = PaymentState.PAID, charge.charged_at
        payment.save(update_fields=["state", "paid_at"])
    attempt.state, attempt.ended_at = AttemptState.PAID, at
    attempt.save(update_fields=["state", "ended_at"])
    return Recorded(charge, fresh=True)


def _check(attempt: PaymentAttempt, outcome: ChargeOutcome) -> None:
    channel = attempt.channel
    if outcome.state != ChargeState.PAID or not outcome.channel_number or outcome.amount_minor <= 0:
        raise ChargeMismatch(f"{attempt.number}: {channel.code} does not say that it was paid")
    if outcome.number != attempt.number:
        raise ChargeMismatch(f"{attempt.number} was asked for, {outcome.number} was answered")
    if outcome.account and outcome.account != channel.account:
        raise ChargeMismatch(
            f"{attempt.number} was paid to {outcome.account}; our account at {channel.code} is {channel.account}"
        )
    if outcome.currency and outcome.currency != channel.currency:
        raise ChargeMismatch(
            f"{attempt.number} was paid in {outcome.currency}, asked for in {channel.currency}"
        )


def _keep_parts(charge: Charge, payment: Payment, attempt: PaymentAttempt, outcome: ChargeOutcome) -> None:
    parts, paid_to = list(payment.parts.order_by("id")), read(attempt.accounts)
    ChargePart.objects.bulk_create(
        ChargePart(
            charge=charge, reference=part.reference, party_id=part.party_id, amount_minor=part.amount_minor,
            number=part_number(attempt, place), channel_number=outcome.parts.get(
                part_number(attempt, place), charge.channel_number
            ),
            account=to.account if to else "", fee_minor=fee_of(part.amount_minor, to.fee_ppm) if to else 0,
            subsidy_minor=to.subsidy_minor if to else 0,
        )
        for place, part in enumerate(parts, start=1)
        for to in [paid_to.get(part.reference)]
    )  # fmt: skip


def part_number(attempt: PaymentAttempt, place: int) -> str:
    """This function will return our number at the channel of the part in this place (from 1): its own one where the
    channel keeps parts apart, else the try's."""
    return f"{attempt.number}{place:02d}" if attempt.combined else attempt.number
