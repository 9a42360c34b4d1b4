"""What the platform bears of coupons is paid into sub-merchants' orders at the channel (补差), and taken back."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from typing import cast

from django.db import transaction

from zhanggui.money.errors import Refusal
from zhanggui.payments.channel import ChannelRefused, ChannelUnclear
from zhanggui.payments.models import PaymentChannel, Refund, RefundState
from zhanggui.payments.splitting import SplitLimits
from zhanggui.payments.subsidizing import SubsidizingChannel, SubsidyAsked
from zhanggui.payments.wired import adapter
from zhanggui.settlement.splits.queries import parts_to_subsidize
from zhanggui.settlement.subsidies.models import Subsidy, SubsidyReturn, SubsidyReturnState
from zhanggui.settlement.subsidies.operations.record_subsidy import record_subsidy
from zhanggui.settlement.subsidies.operations.record_subsidy_outcome import record_subsidy_outcome
from zhanggui.settlement.subsidies.operations.record_subsidy_return import record_subsidy_return
from zhanggui.settlement.subsidies.queries import returns_to_ask, subsidies_to_ask

ASK_AFTER = timedelta(minutes=5)
"""Mostly it is our own balance that does not suffice: nothing that a minute would mend."""

logger = logging.getLogger("zhanggui.subsidies")


def subsidies_recorded(
    *, channel: PaymentChannel, limits: SplitLimits, clock: Callable[[], datetime], most: int
) -> int:
    """This function will write down what was promised of orders that are to be split next, and return of how many."""
    made = 0
    for part_id in parts_to_subsidize(channel, limits, at=clock(), most=most):
        with transaction.atomic():
            made += record_subsidy(part_id=part_id, at=clock()) is not None
    return made


def subsidies_asked(*, clock: Callable[[], datetime], zone: tzinfo, most: int) -> int:
    """This function will ask channels for every subsidy that waits, and for those to be taken back, and return how
    many; it must not be called inside a transaction. Asked again under its number one is done once."""
    asked = 0
    for row in subsidies_to_ask(clock(), after=ASK_AFTER, most=most):
        try:
            subsidy_asked(row=row, clock=clock, zone=zone)
            asked += 1
        except Refusal as refusal:
            logger.error("%s: %s", row, refusal.message)
    for back in returns_to_ask(clock(), after=ASK_AFTER, most=most):
        try:
            asked += subsidy_return_asked(row=back, clock=clock, zone=zone)
        except Refusal as refusal:
            logger.error("%s: %s", back, refusal.message)
    return asked


def subsidy_asked(*, row: Subsidy, clock: Callable[[], datetime], zone: tzinfo) -> Subsidy:
    """This function will ask a channel for a subsidy, or to call it off, and take the answer down; it must not be
    called inside a transaction."""
    desk = cast(SubsidizingChannel, adapter(row.channel)).subsidies
    asked = _told(row, row.number, row.amount_minor, f"平台优惠 {row.order_no}")
    done, said, number = False, "", ""
    try:
        outcome = (desk.pay if row.amount_minor else desk.call_off)(asked, now=clock())
        done, said, number = outcome.done, outcome.said, outcome.channel_number
    except ChannelUnclear as unclear:
        said = str(unclear)
    except ChannelRefused as refused:
        said = f"{refused.code}: {refused.message}"
    with transaction.atomic():
        return record_subsidy_outcome(
            subsidy_id=row.id, done=done, said=said, at=clock(), zone=zone, channel_number=number
        )


def subsidy_return_asked(*, row: SubsidyReturn, clock: Callable[[], datetime], zone: tzinfo) -> bool:
    """This function will take a subsidy back once its refund succeeded; False where the refund is under way still. It
    must not be called inside a transaction."""
    refund = Refund.objects.get(refund_no=row.refund_no)
    if refund.state != RefundState.SUCCEEDED:
        return False
    subsidy, state, said = row.subsidy, SubsidyReturnState.RECORDED, ""
    desk = cast(SubsidizingChannel, adapter(subsidy.channel)).subsidies
    try:
        outcome = desk.take_back(
            _told(subsidy, row.number, row.amount_minor, f"退款 {row.refund_no}", refund.channel_number),
            now=clock(),
        )
        state = SubsidyReturnState.SUCCEEDED if outcome.done else state
        said = outcome.said
    except ChannelUnclear as unclear:
        said = str(unclear)
    except ChannelRefused as refused:
        said = f"{refused.code}: {refused.message}"
    with transaction.atomic():
        record_subsidy_return(return_id=row.id, state=state, said=said, at=clock(), zone=zone)
    return True


def _told(row: Subsidy, number: str, amount_minor: int, reason: str, refund: str = "") -> SubsidyAsked:
    return SubsidyAsked(number, row.part.account, row.part.channel_number, amount_minor, reason, refund)
