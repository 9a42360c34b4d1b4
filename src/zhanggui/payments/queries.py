"""Reads over payments."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from zhanggui.payments.errors import UnknownChannel, UnknownPayment
from zhanggui.payments.models import (
    ChannelNotice,
    ChargePart,
    ChargeUse,
    Payment,
    PaymentAttempt,
    PaymentChannel,
    Refund,
    RefundRepair,
    RefundState,
    RepairState,
)
from zhanggui.payments.repairing import RepairTo
from zhanggui.payments.states import ATTEMPTS_OPEN, REFUNDS_OPEN


def channel_by_code(code: str) -> PaymentChannel:
    """This function will return the channel with this code, switched on. Raises UnknownChannel."""
    found = PaymentChannel.objects.filter(code=code, active=True).first()
    if found is None:
        raise UnknownChannel(f"there is no channel {code!r} to pay at", channel=code)
    return found


def channels_in(currency: str) -> list[PaymentChannel]:
    """This function will return the channels at which this currency is paid, in their order."""
    return list(PaymentChannel.objects.filter(currency=currency, active=True).order_by("position", "id"))


def payment_of(subject: str) -> Payment | None:
    """This function will return the payment of a subject (a purchase), if it has one."""
    return Payment.objects.filter(subject=subject).first()


def attempt_by_number(number: str) -> PaymentAttempt | None:
    """This function will return the try that a channel knows by this number."""
    return PaymentAttempt.objects.select_related("channel", "payment").filter(number=number).first()


def attempts_to_ask(at: datetime, *, after: timedelta, most: int) -> QuerySet[PaymentAttempt]:
    """This function will return open tries whose channel was not asked for `after`, the oldest first."""
    quiet = Q(asked_again_at=None, made_at__lte=at - after) | Q(asked_again_at__lte=at - after)
    return (
        PaymentAttempt.objects.select_related("channel", "payment")
        .filter(quiet, state__in=ATTEMPTS_OPEN)
        .order_by("made_at")[:most]
    )


def refunds_to_ask(at: datetime, *, after: timedelta, most: int) -> list[Refund]:
    """This function will return refunds that have to be sent, or whose channel was not asked for `after`."""
    quiet = Q(asked_again_at=None) | Q(asked_again_at__lte=at - after)
    return list(
        Refund.objects.select_related("charge__attempt", "charge__channel", "part")
        .filter(quiet, state__in=REFUNDS_OPEN)
        .order_by("made_at")[:most]
    )


def refund_by_number(number: str) -> Refund:
    """This function will return the refund with this number. Raises UnknownPayment."""
    found = Refund.objects.select_related("charge__channel").filter(refund_no=number).first()
    if found is None:
        raise UnknownPayment(f"there is no refund {number!r}", refund_no=number)
    return found


def repairs_to_send(at: datetime, *, after: timedelta, most: int) -> list[RefundRepair]:
    """This function will return approved repairs that were not sent yet, or whose channel gave no answer `after`
    ago."""
    quiet = Q(sent_at=None) | Q(sent_at__lte=at - after)
    return list(
        RefundRepair.objects.select_related(
            "refund__charge__attempt", "refund__charge__channel", "refund__part"
        )
        .filter(quiet, state=RepairState.APPROVED)
        .order_by("id")[:most]
    )


def came_to_us(refund: Refund) -> bool:
    """This function will say whether the money of a refund was sent to our own account instead of the buyer's. A
    repair whose answer we never saw counts: what the channel tells afterwards tells of it."""
    sent = Q(state=RepairState.TAKEN) | Q(state=RepairState.APPROVED, sent_at__isnull=False)
    last = refund.repairs.filter(sent).order_by("-id").first()
    return last is not None and last.to == RepairTo.OURS


def charge_parts_of(references: list[str]) -> dict[str, ChargePart]:
    """This function will return what was charged for each of these orders."""
    rows = ChargePart.objects.select_related("charge__channel", "charge__attempt")
    return {
        row.reference: row for row in rows.filter(reference__in=references, charge__use=ChargeUse.ACCEPTED)
    }


def open_attempts(payment: Payment) -> list[PaymentAttempt]:
    """This function will return the tries of a payment that could still be paid."""
    return list(payment.attempts.select_related("channel").filter(state__in=ATTEMPTS_OPEN).order_by("id"))


def notice_was_taken(channel: PaymentChannel, notice_id: str) -> bool:
    """This function will say whether this notice was taken before."""
    return ChannelNotice.objects.filter(channel=channel, notice_id=notice_id, outcome="taken").exists()


def stuck_refund_count() -> int:
    """This function will count refunds that need people: abnormal ones, whose money has to go another way."""
    return Refund.objects.filter(state=RefundState.ABNORMAL).count()


def account_paying(refund: Refund) -> str:
    """This function will return the account that a refund of a charge with parts is paid from, a sub-merchant's or
    ours; empty where the charge has none."""
    charge = refund.charge
    of_part = refund.part.account if refund.part else ""
    return of_part or (charge.channel.account if charge.attempt.combined else "")
