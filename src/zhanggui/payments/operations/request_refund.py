"""Write down that money of a charge is to be given back, before the channel is asked."""

from datetime import datetime

from zhanggui.payments.errors import NothingCharged, RefundAboveCharge
from zhanggui.payments.locks import hold_charge
from zhanggui.payments.models import Charge, ChargePart, ChargeUse, Refund
from zhanggui.rows.document_numbers import fresh_number


def request_refund(*, reference: str, amount_minor: int, cause: str, reason: str, at: datetime) -> Refund:
    """This function will record the refund of `amount_minor` of what was paid for the order `reference`, in the
    caller's transaction; the same cause again is the same refund. Raises NothingCharged, RefundAboveCharge."""
    known = Refund.objects.filter(cause=cause).first()
    if known is not None:
        return known
    found = ChargePart.objects.filter(reference=reference, charge__use=ChargeUse.ACCEPTED).first()
    if found is None:
        raise NothingCharged(f"nothing was paid for order {reference}", order_no=reference)
    charge = hold_charge(found.charge_id)
    if (
        known := Refund.objects.filter(cause=cause).first()
    ) is not None:  # somebody was quicker than the lock
        return known
    part = ChargePart.objects.select_for_update().get(id=found.id)
    if amount_minor <= 0 or part.refunded_minor + amount_minor > part.amount_minor:
        raise RefundAboveCharge(
            f"of order {reference} {part.amount_minor} was paid and {part.refunded_minor} given back;"
            f" {amount_minor} more cannot be",
            order_no=reference, paid_minor=part.amount_minor, refunded_minor=part.refunded_minor,
        )  # fmt: skip
    part.refunded_minor += amount_minor
    part.save(update_fields=["refunded_minor"])
    return _record(charge, part, amount_minor, cause, reason, at)


def return_surplus(*, charge: Charge, at: datetime) -> Refund:
    """This function will record the refund of a whole charge that pays for nothing (late, double, another amount), in
    the caller's transaction, once."""
    cause = f"surplus:{charge.id}"
    known = Refund.objects.filter(cause=cause).first()
    if known is not None:
        return known
    if charge.use != ChargeUse.SURPLUS:
        raise RefundAboveCharge(
            f"charge {charge.channel_number} pays for an order; give that order's money back"
        )
    held = hold_charge(charge.id)
    return _record(held, None, held.amount_minor, cause, "payment could not be used", at)


def return_surplus_again(*, refund: Refund, at: datetime) -> Refund:
    """This function will record the refund of surplus money once more after `refund` of it failed, in the caller's
    transaction. Raises RefundAboveCharge when it was asked for again already."""
    held = hold_charge(refund.charge_id)
    if held.refunded_minor + refund.amount_minor > held.amount_minor:
        raise RefundAboveCharge(f"the money of {held.channel_number} was asked back again already")
    return _record(
        held, None, refund.amount_minor, f"{refund.cause}|{refund.refund_no[-8:]}", refund.reason, at
    )


def _record(
    charge: Charge, part: ChargePart | None, amount_minor: int, cause: str, reason: str, at: datetime
) -> Refund:
    charge.refunded_minor += amount_minor
    charge.save(update_fields=["refunded_minor"])
    return Refund.objects.create(
        refund_no=fresh_number("R", at), charge=charge, part=part, reference=part.reference if part else "",
        party_id=part.party_id if part else 0, cause=cause, currency=charge.currency, amount_minor=amount_minor,
        reason=reason[:80], made_at=at,
    )  # fmt: skip
