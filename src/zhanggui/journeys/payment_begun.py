"""A buyer wants to pay: the try is written down, the channel is asked, and its answer is kept."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum
from django.utils.timezone import get_default_timezone

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
from zhanggui.payments.sub_merchants import PaidTo, read
from zhanggui.payments.subsidizing import SubsidizingChannel
from zhanggui.payments.time_to_pay import hours_to_pay
from zhanggui.payments.wired import adapter
from zhanggui.settlement.splits.accounts import account_number
from zhanggui.settlement.splits.queries import SPLITS, sub_merchants_at
from zhanggui.trade.orders.locks import hold_purchase
from zhanggui.trade.orders.models import LineShare, Order
from zhanggui.trade.orders.operations.give_time_to_pay import give_time_to_pay

COMBINED = "combines"
"""The setting of a channel that keeps the parts of a payment apart (合单), each under a number of its own."""
FEE_PPM = "sub_merchant_fee_ppm"
"""The setting of a channel where buyers pay to accounts of sub-merchants: its fee of their payments as it was agreed,
parts per million."""

SUBSIDIZES = "subsidizes"
"""The setting of a channel where the platform's part of coupons is paid into sub-merchants' orders."""


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
        accounts = _sub_merchants_paid(held, channel, clock())
        combined = channel.settings.get(COMBINED) == "yes" and (bool(accounts) or held.parts.count() > 1)
        attempt = begin_attempt(
            payment=held,
            channel=channel,
            method=method.value,
            combined=combined,
            at=clock(),
            accounts=accounts,
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


def _sub_merchants_paid(payment: Payment, channel: PaymentChannel, at: datetime) -> dict[str, PaidTo]:
    """Which orders of a payment go to their merchant's own account at the channel (收付通). One that a supplier ships
    does not: most of it is the supplier's, and a channel lets too little go on."""
    fee = channel.settings.get(FEE_PPM, "")
    if not fee.isdigit() or channel.settings.get(COMBINED) != "yes" or channel.settings.get(SPLITS) != "yes":
        return {}
    own = set(
        Order.objects.filter(
            order_no__in=payment.parts.values_list("reference", flat=True), supplier_id=0
        ).values_list("order_no", flat=True)
    )  # fmt: skip
    parts = [part for part in payment.parts.order_by("id") if part.reference in own and part.amount_minor]
    day = at.astimezone(get_default_timezone()).date()
    accounts = sub_merchants_at(channel, [part.party_id for part in parts], day)
    promised = _promised([part.reference for part in parts], channel)
    return {
        part.reference: PaidTo(
            account_number(accounts[part.party_id]), int(fee), promised.get(part.reference, 0)
        )
        for part in parts
        if part.party_id in accounts
    }


def _promised(order_nos: list[str], channel: PaymentChannel) -> dict[str, int]:
    """What the platform bears of each order's discounts, which a channel that knows subsidies lets us add (补差)."""
    rail = adapter(channel)
    if channel.settings.get(SUBSIDIZES) != "yes" or not isinstance(rail, SubsidizingChannel):
        return {}
    borne = (
        LineShare.objects.filter(line__order__order_no__in=order_nos, platform_minor__gt=0)
        .values_list("line__order__order_no")
        .annotate(Sum("platform_minor"))
    )
    return {order_no: min(amount, rail.subsidy_most_minor) for order_no, amount in borne}


def _asked(
    payment: Payment, channel: PaymentChannel, attempt: PaymentAttempt, notify_url: str, return_url: str,
    payer: str, payer_address: str,
) -> ChargeAsked:  # fmt: skip
    paid_to = read(attempt.accounts)
    parts = [
        Part(
            number=part_number(attempt, place), amount_minor=part.amount_minor,
            account=paid_to[part.reference].account if part.reference in paid_to else channel.account,
            title=f"{payment.title} {part.reference}",
            subsidy_minor=paid_to[part.reference].subsidy_minor if part.reference in paid_to else 0,
        )
        for place, part in enumerate(payment.parts.order_by("id"), start=1)
    ]  # fmt: skip
    return ChargeAsked(
        number=attempt.number, amount_minor=payment.amount_minor, currency=payment.currency, title=payment.title,
        method=Method(attempt.method), expires_at=payment.expires_at, notify_url=notify_url,
        return_url=return_url, payer=payer, payer_address=payer_address,
        splits=channel.settings.get(SPLITS) == "yes", parts=parts if attempt.combined else (),
    )  # fmt: skip


@transaction.atomic
def _noted(
    attempt: PaymentAttempt, state: AttemptState, at: datetime, *, said: str = "",
    invitation: dict[str, object] | None = None,
) -> None:  # fmt: skip
    hold_payment(attempt.payment_id)
    note_attempt(attempt=attempt, state=state, at=at, said=said, invitation=invitation)
