"""A buyer wants to pay: the try is written down, the channel is asked, and its answer is kept."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction

from zhanggui.payments.channel import (
    ChannelRefused,
    ChannelUnclear,
    ChargeAsked,
    Invitation,
    Method,
    Part,
)
from zhanggui.payments.errors import ChannelSaidNo, ChannelSilent, MethodNotOffered
from zhanggui.payments.locks import hold_payment
from zhanggui.payments.models import AttemptState, Payment, PaymentAttempt, PaymentChannel
from zhanggui.payments.operations.begin_attempt import begin_attempt
from zhanggui.payments.operations.extend_payment import extend_payment
from zhanggui.payments.operations.note_attempt import note_attempt
from zhanggui.payments.operations.record_charge import part_number
from zhanggui.payments.queries import channel_by_code
from zhanggui.payments.time_to_pay import hours_to_pay
from zhanggui.payments.wired import adapter
from zhanggui.trade.orders.locks import hold_purchase
from zhanggui.trade.orders.operations.give_time_to_pay import give_time_to_pay

COMBINED = "combines"
"""The setting of a channel that keeps the parts of a payment apart (合单), each under a number of its own."""


def payment_begun(
    *, payment: Payment, channel_code: str, method: Method, notify_url: str, return_url: str,
    payer: str, payer_address: str, clock: Callable[[], datetime],
) -> Invitation:  # fmt: skip
    """This function will ask a channel for the buyer's money and return what the browser has to do; it must not be
    called inside a transaction.

    A double click finds the first one's try and its invitation. Raises UnknownChannel, MethodNotOffered, PaymentOver,
    ChannelSaidNo, and ChannelSilent, after which the same call asks again under the same number.
    """
    channel = channel_by_code(channel_code)
    rail = adapter(channel)
    if method not in rail.methods:
        raise MethodNotOffered(
            f"{channel.code} cannot be paid by {method.value}; it offers {', '.join(sorted(rail.methods))}"
        )
    with transaction.atomic():
        until = _more_time(payment, channel, clock())
        held = hold_payment(payment.id)
        if until:
            extend_payment(payment=held, until=until)
        combined = channel.settings.get(COMBINED) == "yes" and held.parts.count() > 1
        attempt = begin_attempt(
            payment=held, channel=channel, method=method.value, combined=combined, at=clock()
        )
    if attempt.state == AttemptState.ASKED and attempt.invitation:
        return Invitation(**attempt.invitation)
    asked = _asked(held, channel, attempt, notify_url, return_url, payer, payer_address)
    try:
        invitation = rail.begin_charge(asked, now=clock())
    except ChannelRefused as refused:
        _noted(attempt, AttemptState.REFUSED, clock(), said=f"{refused.code}: {refused.message}")
        raise ChannelSaidNo(
            f"{channel.code} refused: {refused.message}; choose another way to pay", channel=channel.code
        ) from None
    except ChannelUnclear as unclear:
        _noted(attempt, AttemptState.UNCLEAR, clock(), said=str(unclear))
        raise ChannelSilent(
            f"{channel.code} does not answer; try again in a moment, or choose another way to pay",
            channel=channel.code,
        ) from None
    _noted(attempt, AttemptState.ASKED, clock(), invitation=asdict(invitation))
    return invitation


def _more_time(payment: Payment, channel: PaymentChannel, at: datetime) -> datetime | None:
    """Where the channel takes long, the purchase waits longer: from the order on, however often it is chosen, and
    never once its time was over."""
    hours = hours_to_pay(channel.settings)
    if not hours or at >= payment.expires_at:
        return None
    purchase = hold_purchase(payment.subject)
    return give_time_to_pay(purchase=purchase, until=purchase.placed_at + timedelta(hours=hours))


def _asked(
    payment: Payment, channel: PaymentChannel, attempt: PaymentAttempt, notify_url: str, return_url: str,
    payer: str, payer_address: str,
) -> ChargeAsked:  # fmt: skip
    parts = [
        Part(
            number=part_number(attempt, place), account=channel.account, amount_minor=part.amount_minor,
            title=f"{payment.title} {part.reference}",
        )
        for place, part in enumerate(payment.parts.order_by("id"), start=1)
    ]  # fmt: skip
    return ChargeAsked(
        number=attempt.number, amount_minor=payment.amount_minor, currency=payment.currency, title=payment.title,
        method=Method(attempt.method), expires_at=payment.expires_at, notify_url=notify_url,
        return_url=return_url, payer=payer, payer_address=payer_address,
        splits=channel.settings.get("splits") == "yes", parts=parts if attempt.combined else (),
    )  # fmt: skip


@transaction.atomic
def _noted(
    attempt: PaymentAttempt, state: AttemptState, at: datetime, *, said: str = "",
    invitation: dict[str, object] | None = None,
) -> None:  # fmt: skip
    hold_payment(attempt.payment_id)
    note_attempt(attempt=attempt, state=state, at=at, said=said, invitation=invitation)
