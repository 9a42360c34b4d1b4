"""Refunds are sent to their channel, asked for, and answered."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.timezone import get_default_timezone

from zhanggui.journeys.shares_taken_back import backs_of, shares_came_with, shares_stay, shares_taken_back
from zhanggui.payments.channel import Channel, ChannelRefused, ChannelUnclear, RefundAsked, RefundOutcome
from zhanggui.payments.channel import RefundState as Said
from zhanggui.payments.models import Refund, RefundState
from zhanggui.payments.operations.record_refund import move_refund, record_refund
from zhanggui.payments.queries import account_paying, came_to_us
from zhanggui.payments.wired import adapter
from zhanggui.trade.orders.locks import hold_orders
from zhanggui.trade.returns.operations.end_refunded import end_refunded


@transaction.atomic
def refund_answered(*, refund: Refund, outcome: RefundOutcome, at: datetime) -> bool:
    """This function will take down what a channel says of a refund; True when it moved it. Raises RefundMismatch."""
    if refund.reference:
        hold_orders([refund.reference])
    if outcome.state is Said.SUCCEEDED and came_to_us(refund):
        # It is done for the channel alone: the buyer has nothing yet, and people bring it.
        outcome = replace(outcome, state=Said.ABNORMAL, said="came to our own account")
    moved = record_refund(refund=refund, outcome=outcome, at=at)
    if moved and refund.state == RefundState.SUCCEEDED:
        end_refunded(refund_no=refund.refund_no, at=refund.ended_at or at, actor="channel")
    if moved:
        shares_came_with(refund=refund, at=at, zone=get_default_timezone())
    return moved


def refund_sent(*, refund: Refund, notify_url: str, clock: Callable[[], datetime]) -> Refund:
    """This function will send a refund to its channel, or ask for it where it was sent before, and take the answer
    down; it must not be called inside a transaction. Shares of a split that it needs come back first.

    Without an answer it is unclear, and is asked for and, where the channel never heard of it, sent again under the
    same number. A refusal is final under this number: the refund failed and says why. Raises RefundMismatch.
    """
    rail = adapter(refund.charge.channel)
    number = refund.part.number if refund.part else refund.charge.attempt.number
    try:
        if refund.state == RefundState.PROCESSING:
            outcome = rail.query_refund(
                refund.refund_no, charge_number=number, now=clock(), account=account_paying(refund)
            )
        else:
            if not shares_taken_back(refund=refund, clock=clock, zone=get_default_timezone()):
                return refund
            outcome = _sent(rail, refund, _asked(refund, number, notify_url), clock)
    except ChannelUnclear as unclear:
        _moved(refund, RefundState.UNCLEAR, clock(), str(unclear))
    except ChannelRefused as refused:
        if refund.state == RefundState.PROCESSING:  # it does not want to say; what it took in stays taken in
            _moved(refund, RefundState.PROCESSING, clock(), f"{refused.code}: {refused.message}")
        else:
            _moved(refund, RefundState.FAILED, clock(), f"{refused.code}: {refused.message}")
    else:
        refund_answered(refund=refund, outcome=outcome, at=clock())
    refund.refresh_from_db()
    return refund


def _sent(rail: Channel, refund: Refund, asked: RefundAsked, clock: Callable[[], datetime]) -> RefundOutcome:
    """What a channel says of a refund. One that it refuses together with shares that should come back is asked for
    once more without them, under its number, under which nothing happened."""
    try:
        return rail.refund(asked, now=clock())
    except ChannelRefused as refused:
        if not asked.shares_back:
            raise
        shares_stay(refund=refund, reason=refused.code, at=clock(), zone=get_default_timezone())
    return rail.refund(replace(asked, shares_back=()), now=clock())


def _asked(refund: Refund, number: str, notify_url: str) -> RefundAsked:
    charge, part = refund.charge, refund.part
    return RefundAsked(
        number=refund.refund_no, charge_number=number,
        charge_channel_number=part.channel_number if part else charge.channel_number,
        charge_minor=part.amount_minor if part and charge.attempt.combined else charge.amount_minor,
        amount_minor=refund.amount_minor, currency=refund.currency, reason=refund.reason,
        notify_url=notify_url, charged_at=charge.charged_at,
        account=account_paying(refund),
        shares_back=backs_of(refund),
    )  # fmt: skip


@transaction.atomic
def _moved(refund: Refund, state: RefundState, at: datetime, said: str) -> None:
    if refund.reference:
        hold_orders([refund.reference])
    moved = move_refund(refund=refund, state=state, at=at, noted_at=at, said=said)
    if moved:
        shares_came_with(refund=refund, at=at, zone=get_default_timezone())
