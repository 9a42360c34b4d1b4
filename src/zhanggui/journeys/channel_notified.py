"""A channel called us: the notice is verified, kept as it came, and believed once."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from zhanggui.journeys.charge_answered import charge_answered
from zhanggui.journeys.refund_answered import refund_answered
from zhanggui.money.errors import Refusal
from zhanggui.payments.channel import Notice, NoticeAnswer, NoticeForged, NoticeStale
from zhanggui.payments.models import PaymentChannel, Refund
from zhanggui.payments.operations.keep_notice import keep_notice
from zhanggui.payments.queries import attempt_by_number, channel_by_code, notice_was_taken
from zhanggui.payments.wired import adapter


def channel_notified(
    *, channel_code: str, headers: Mapping[str, str], body: bytes, at: datetime
) -> NoticeAnswer:
    """This function will take a notice of a channel and return what the channel wants to hear.

    A forged or stale one, one of a number that is not ours or of another amount is kept, changes nothing and is not
    acknowledged; the same one again is acknowledged and changes nothing. Raises UnknownChannel.
    """
    channel = channel_by_code(channel_code)
    rail = adapter(channel)
    try:
        notice = rail.read_notice(headers=headers, body=body, now=at)
    except (NoticeForged, NoticeStale) as fault:
        outcome = "stale" if isinstance(fault, NoticeStale) else "forged"
        keep_notice(
            channel=channel, headers=headers, body=body, notice_id="", outcome=outcome, at=at, said=str(fault)
        )
        return rail.answer_notice(taken=False)
    outcome, said = _taken(channel, notice, headers, body, at)
    if outcome != "taken":
        keep_notice(
            channel=channel,
            headers=headers,
            body=body,
            notice_id=notice.id,
            outcome=outcome,
            at=at,
            said=said,
        )
    return rail.answer_notice(taken=outcome in ("taken", "repeated"))


def _taken(
    channel: PaymentChannel, notice: Notice, headers: Mapping[str, str], body: bytes, at: datetime
) -> tuple[str, str]:
    """Believe a verified notice in one transaction, and say what was made of it."""
    if notice_was_taken(channel, notice.id):
        return "repeated", ""
    try:
        with transaction.atomic():
            known = _believe(channel, notice, at)
            if known:
                keep_notice(
                    channel=channel, headers=headers, body=body, notice_id=notice.id, outcome="taken", at=at
                )
    except IntegrityError:
        if notice_was_taken(channel, notice.id):  # two deliveries of one notice met
            return "repeated", ""
        raise
    except Refusal as refusal:
        return "mismatch", refusal.message
    return ("taken", "") if known else ("unknown", "no payment or refund of ours has this number")


def _believe(channel: PaymentChannel, notice: Notice, at: datetime) -> bool:
    if notice.charge is not None:
        attempt = attempt_by_number(notice.charge.number)
        if attempt is None or attempt.channel_id != channel.id:
            return False
        charge_answered(attempt=attempt, outcome=notice.charge, at=at)
        return True
    if notice.refund is not None:
        refund = Refund.objects.filter(refund_no=notice.refund.number, charge__channel=channel).first()
        if refund is None:
            return False
        refund_answered(refund=refund, outcome=notice.refund, at=at)
        return True
    return False
