"""Before a buyer's refund is asked for: shares that it needs come back from whoever got them."""

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo

from django.db import transaction

from zhanggui.journeys.orders_split import ASK_AFTER, MOST, logger, splitter
from zhanggui.money.errors import Refusal
from zhanggui.payments.channel import ChannelRefused, ChannelUnclear, ShareBack
from zhanggui.payments.models import Refund, RefundState
from zhanggui.payments.splitting import ShareReturnAsked, ShareReturnOutcome, ShareReturnState
from zhanggui.settlement.splits.accounts import account_of
from zhanggui.settlement.splits.models import ShareReturn, ShareWay, SplitShare
from zhanggui.settlement.splits.models import ShareReturnState as State
from zhanggui.settlement.splits.operations.record_borne import record_borne
from zhanggui.settlement.splits.operations.record_rest import record_left_there
from zhanggui.settlement.splits.operations.record_share_return import record_share_return, renew_share_return
from zhanggui.settlement.splits.operations.request_share_returns import request_share_returns
from zhanggui.settlement.splits.queries import (
    hold_part,
    lacks_shares_on_their_way,
    returns_of_refund,
    returns_to_ask,
)
from zhanggui.settlement.splits.states import RETURNS_OPEN
from zhanggui.settlement.statements.locks import hold_for_filling
from zhanggui.settlement.subsidies.models import SubsidyState
from zhanggui.settlement.subsidies.operations.record_subsidy_return import subsidy_stays
from zhanggui.settlement.subsidies.queries import subsidy_of

WAITS = timedelta(minutes=10)
"""How long a buyer's refund waits for shares; after that it goes out without them."""

_MEANS = {
    ShareReturnState.PROCESSING: State.PROCESSING,
    ShareReturnState.SUCCEEDED: State.SUCCEEDED,
    ShareReturnState.FAILED: State.FAILED,
}


def shares_taken_back(*, refund: Refund, clock: Callable[[], datetime], zone: tzinfo) -> bool:
    """This function will take back the shares that a refund needs, and say whether the refund may go out; it must not
    be called inside a transaction.

    Shares still on their way are waited for first: whether they arrive decides what has to come back. What fails
    does not keep the buyer waiting: the statement of whoever keeps the share carries the debt.
    """
    if refund.part_id is None:
        return True
    subsidy = subsidy_of(refund.part)
    if subsidy is None and not SplitShare.objects.filter(split__part_id=refund.part_id).exists():
        return True
    late = clock() >= refund.made_at + WAITS
    if not late and (
        lacks_shares_on_their_way(refund.part) or (subsidy and subsidy.state == SubsidyState.RECORDED)
    ):
        return False
    limits = splitter(refund.charge.channel).limits
    with transaction.atomic():
        wanted = request_share_returns(refund=refund, limits=limits, at=clock())
    for one in wanted:
        if one.state in RETURNS_OPEN and not one.with_refund:
            share_return_asked(row=one, clock=clock, zone=zone)
    under_way = [
        one
        for one in returns_of_refund(refund.refund_no)
        if one.state in RETURNS_OPEN and not one.with_refund
    ]
    return late or not under_way


def returns_asked_after(*, clock: Callable[[], datetime], zone: tzinfo, most: int = MOST) -> int:
    """This function will ask after shares being taken back whose refund went out without waiting longer, and return
    how many were asked about; it must not be called inside a transaction."""
    asked = 0
    for row in returns_to_ask(clock(), after=ASK_AFTER, most=most):
        try:
            share_return_asked(row=row, clock=clock, zone=zone)
            asked += 1
        except Refusal as refusal:
            logger.error("%s: %s", row.number, refusal.message)
    return asked


def share_return_asked(*, row: ShareReturn, clock: Callable[[], datetime], zone: tzinfo) -> ShareReturn:
    """This function will ask a channel for a share, or after one that was asked for, and take the answer down; it
    must not be called inside a transaction. One that the channel closed by time gets a new number, once a call."""
    rail = splitter(row.share.split.channel)
    try:
        if row.state == State.PROCESSING:
            outcome = rail.query_return(row.number, split_number=row.share.split_number, now=clock())
        else:
            outcome = rail.return_share(
                ShareReturnAsked(
                    number=row.number, split_number=row.share.split_number, account=account_of(row.share),
                    amount_minor=row.amount_minor, reason=f"退款 {row.refund_no}",
                    payee=row.share.split.part.account,
                ), now=clock(),
            )  # fmt: skip
    except ChannelUnclear as unclear:
        return _noted(row, State.UNCLEAR, str(unclear), clock(), zone)
    except ChannelRefused as refused:
        # Asked after, it does not want to say; asked for, it certainly does not do it.
        state = State.PROCESSING if row.state == State.PROCESSING else State.FAILED
        return _noted(row, state, refused.code, clock(), zone)
    return _answered(row, outcome, clock(), zone)


def _answered(row: ShareReturn, outcome: ShareReturnOutcome, at: datetime, zone: tzinfo) -> ShareReturn:
    if outcome.state is ShareReturnState.TIMED_OUT:
        with transaction.atomic():
            return renew_share_return(return_id=row.id, at=at)
    return _noted(row, _MEANS[outcome.state], outcome.reason, at, zone)


@transaction.atomic
def _noted(row: ShareReturn, state: State, reason: str, at: datetime, zone: tzinfo) -> ShareReturn:
    hold_for_filling()
    part = hold_part(row.share.split.part_id)
    noted = record_share_return(return_id=row.id, state=state, reason=reason, at=at, zone=zone)
    if (
        noted.state == State.SUCCEEDED
        and Refund.objects.filter(refund_no=row.refund_no, state=RefundState.FAILED).exists()
    ):
        record_left_there(part=part, at=at, zone=zone)
    record_borne(part=part, at=at, zone=zone)
    return noted


def backs_of(refund: Refund) -> list[ShareBack]:
    """This function will return the shares that come back as part of a refund, where its channel takes them so."""
    return [
        ShareBack(account_of(one.share), one.amount_minor, f"退款 {refund.refund_no}")
        for one in returns_of_refund(refund.refund_no)
        if one.with_refund and one.state != State.FAILED and one.share.way != ShareWay.KEPT
    ]


@transaction.atomic
def shares_stay(*, refund: Refund, reason: str, at: datetime, zone: tzinfo) -> None:
    """This function will give up what was to come back as part of a refund, because its channel refused it so: the
    buyer gets the money all the same, and the statements of whoever keeps shares carry the debt."""
    hold_for_filling()
    for one in returns_of_refund(refund.refund_no):
        if one.with_refund and one.share.way != ShareWay.KEPT:
            record_share_return(return_id=one.id, state=State.FAILED, reason=reason, at=at, zone=zone)


def shares_came_with(*, refund: Refund, at: datetime, zone: tzinfo) -> None:
    """This function will end what comes back as part of a refund with it, in the caller's transaction. Of one that
    failed, a subsidy stays where it is, and what came back to a sub-merchant already is the sub-merchant's. What one
    paid beyond what it kept is on its statement."""
    ends = {RefundState.SUCCEEDED: State.SUCCEEDED, RefundState.FAILED: State.FAILED}
    state = ends.get(RefundState(refund.state))
    if state is None or refund.part is None:
        return
    coming = [one for one in returns_of_refund(refund.refund_no) if one.with_refund]
    if not coming and not refund.part.account:
        return
    hold_for_filling()
    part = hold_part(refund.part_id)
    for one in coming:
        record_share_return(return_id=one.id, state=state, at=at, zone=zone)
    if state is State.FAILED:
        subsidy_stays(refund_no=refund.refund_no, at=at, zone=zone)
        record_left_there(part=part, at=at, zone=zone)
    record_borne(part=part, at=at, zone=zone)
