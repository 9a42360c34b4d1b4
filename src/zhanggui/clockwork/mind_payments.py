"""Mind what channels owe us an answer for: tries of buyers, purchases out of time, refunds."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from zhanggui.journeys.charge_answered import charge_asked
from zhanggui.journeys.purchase_cancelled import purchase_cancelled
from zhanggui.journeys.refund_answered import refund_sent
from zhanggui.journeys.refund_repaired import repair_sent
from zhanggui.money.errors import Refusal
from zhanggui.payments.queries import attempts_to_ask, refunds_to_ask, repairs_to_send
from zhanggui.trade.orders.models import Purchase
from zhanggui.trade.orders.queries import purchases_expired

ASK_AFTER = timedelta(minutes=1)
MOST = 200

logger = logging.getLogger("zhanggui.payments")


@dataclass(frozen=True)
class Minded:
    """How many were asked for, cancelled, sent; and how many could not be minded this time."""

    done: int
    failed: int


def ask_for_charges(*, clock: Callable[[], datetime]) -> Minded:
    """This function will ask channels what became of tries that nobody told us of for a minute."""
    waiting = list(attempts_to_ask(clock(), after=ASK_AFTER, most=MOST))
    return _each(waiting, lambda attempt: charge_asked(attempt=attempt, clock=clock))


def cancel_expired(*, clock: Callable[[], datetime]) -> Minded:
    """This function will cancel purchases whose time to pay is over; one that turns out to be paid is paid."""
    numbers = purchases_expired(clock(), most=MOST)
    found = Purchase.objects.filter(purchase_no__in=numbers).order_by("id")
    return _each(
        list(found),
        lambda one: purchase_cancelled(purchase=one, clock=clock, actor="clockwork", note="not paid in time"),
    )


def send_refunds(*, clock: Callable[[], datetime], notify_url: Callable[[str], str]) -> Minded:
    """This function will send what is to be given back to its channel, and ask for what it has not answered.
    `notify_url(channel code)` is where it calls back; "" where nobody can."""
    waiting = refunds_to_ask(clock(), after=ASK_AFTER, most=MOST)
    return _each(
        waiting,
        lambda refund: refund_sent(
            refund=refund, notify_url=notify_url(refund.charge.channel.code), clock=clock
        ),
    )


def send_repairs(*, clock: Callable[[], datetime]) -> Minded:
    """This function will ask channels to send abnormal refunds on where people agreed that they go."""
    waiting = repairs_to_send(clock(), after=ASK_AFTER, most=MOST)
    return _each(waiting, lambda repair: repair_sent(repair=repair, clock=clock))


def _each[T](waiting: list[T], act: Callable[[T], object]) -> Minded:
    """One after the other; what is refused (a mismatch, a channel without its settings) is logged, and keeps nobody
    waiting."""
    failed = 0
    for one in waiting:
        try:
            act(one)
        except Refusal as refusal:
            failed += 1
            logger.error("%s: %s", one, refusal.message)
    return Minded(len(waiting) - failed, failed)
