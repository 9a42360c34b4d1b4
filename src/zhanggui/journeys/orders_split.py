"""Orders are split at their channel: planned and written down, asked for, asked after, and the rest freed."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import cast

from django.db import transaction

from zhanggui.journeys.subsidies_paid import subsidies_asked, subsidies_recorded
from zhanggui.money.errors import Refusal
from zhanggui.payments.channel import ChannelRefused, ChannelUnclear
from zhanggui.payments.models import PaymentChannel
from zhanggui.payments.splitting import ShareAsked, SplitAsked, SplitOutcome, SplittingChannel
from zhanggui.payments.wired import adapter
from zhanggui.settlement.splits.accounts import told
from zhanggui.settlement.splits.models import Split, SplitKind, SplitState
from zhanggui.settlement.splits.operations.record_borne import record_borne
from zhanggui.settlement.splits.operations.record_rest import record_rest
from zhanggui.settlement.splits.operations.record_split import record_split
from zhanggui.settlement.splits.operations.record_split_outcome import (
    record_split_outcome,
    record_split_refused,
    record_split_unclear,
)
from zhanggui.settlement.splits.operations.settle_fee import settle_fee
from zhanggui.settlement.splits.queries import (
    fees_to_settle,
    hold_part,
    parts_due,
    rests_due,
    splits_to_ask,
    splitting_channels,
)
from zhanggui.settlement.statements.locks import hold_for_filling

ASK_AFTER = timedelta(minutes=1)
MOST = 200

logger = logging.getLogger("zhanggui.splits")


@dataclass(frozen=True)
class SplitUp:
    """What a run did: orders split and left, rests to free, splits asked for, and what failed this time."""

    split: int = 0
    left: int = 0
    rests: int = 0
    asked: int = 0
    failed: int = 0


def orders_split(*, clock: Callable[[], datetime], zone: tzinfo, most: int = MOST) -> SplitUp:
    """This function will split what is due, book fees that differ, and ask after what is under way; it must not be
    called inside a transaction.

    Each order is planned in a transaction of its own, so that whoever is killed goes on where it was, and two at once
    share the orders.
    """
    split = left = rests = asked = failed = 0
    for channel in splitting_channels():
        try:
            limits = splitter(channel).limits
        except Refusal as refusal:
            failed += 1
            logger.error("%s: %s", channel.code, refusal.message)
            continue
        subsidies_recorded(channel=channel, limits=limits, clock=clock, most=most)
        subsidies_asked(clock=clock, zone=zone, most=most)
        for part_id in parts_due(channel, limits, at=clock(), most=most):
            with transaction.atomic():
                hold_for_filling()
                made = record_split(part_id=part_id, limits=limits, at=clock(), zone=zone)
            split += made is not None and made.state == SplitState.RECORDED
            left += made is not None and made.state == SplitState.LEFT
        for part_id in rests_due(channel, limits, at=clock(), most=most):
            with transaction.atomic():
                hold_for_filling()
                made_rest = record_rest(part_id=part_id, limits=limits, at=clock(), zone=zone)
                rests += made_rest is not None
    for part_id in fees_to_settle(most):
        with transaction.atomic():
            hold_for_filling()
            settle_fee(part_id=part_id, at=clock(), zone=zone)
    for one in splits_to_ask(clock(), after=ASK_AFTER, most=most):
        try:
            split_asked(split=one, clock=clock, zone=zone)
            asked += 1
        except Refusal as refusal:
            failed += 1
            logger.error("%s: %s", one, refusal.message)
    return SplitUp(split, left, rests, asked, failed)


def splitter(channel: PaymentChannel) -> SplittingChannel:
    """This function will return the part of a channel's adapter that divides charges. Raises ChannelIncomplete."""
    return cast(SplittingChannel, adapter(channel))


def split_asked(*, split: Split, clock: Callable[[], datetime], zone: tzinfo) -> Split:
    """This function will ask a channel for a split, or after one that was asked for, and take the answer down; it
    must not be called inside a transaction.

    One that nobody knows of is asked for again under its own number, which the channel takes once. Raises
    SplitMismatch.
    """
    rail = splitter(split.channel)
    try:
        outcome = _answer(rail, split, clock())
    except ChannelUnclear as unclear:
        with transaction.atomic():
            return record_split_unclear(split_id=split.id, said=str(unclear), at=clock())
    except ChannelRefused as refused:
        with transaction.atomic():
            hold_for_filling()
            part = hold_part(split.part_id)
            ended = record_split_refused(
                split_id=split.id, code=refused.code, message=refused.message, at=clock(), zone=zone
            )
            record_borne(part=part, at=clock(), zone=zone)
            return ended
    with transaction.atomic():
        hold_for_filling()
        part = hold_part(split.part_id)
        answered = record_split_outcome(split_id=split.id, outcome=outcome, at=clock(), zone=zone)
        record_borne(part=part, at=clock(), zone=zone)
        return answered


def _answer(rail: SplittingChannel, split: Split, now: datetime) -> SplitOutcome:
    def queried() -> SplitOutcome:
        return rail.query_split(
            split.number, charge_channel_number=split.part.channel_number, now=now, account=split.part.account
        )

    if split.state == SplitState.UNCLEAR:
        try:
            return queried()
        except ChannelRefused:
            return _asked_for(rail, split, now)  # it never heard of it
    if split.state == SplitState.ASKED:
        try:
            return queried()
        except ChannelRefused as refused:  # it does not want to say; what it took in stays taken in
            raise ChannelUnclear(f"{refused.code}: {refused.message}") from None
    return _asked_for(rail, split, now)


def _asked_for(rail: SplittingChannel, split: Split, now: datetime) -> SplitOutcome:
    number, account = split.part.channel_number, split.part.account
    if split.kind == SplitKind.REST:
        return rail.unfreeze(split.number, charge_channel_number=number, now=now, account=account)
    shares = [
        ShareAsked(told(share.receiver), share.amount_minor, f"{split.order_no} 分账")
        for share in split.shares.select_related("receiver").order_by("id")
    ]
    return rail.split(
        SplitAsked(
            number=split.number, charge_channel_number=number, shares=shares, last=False,
            account=account or (split.channel.account if split.charge.attempt.combined else ""),
        ), now=now,
    )  # fmt: skip
