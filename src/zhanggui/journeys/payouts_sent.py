"""Payouts are sent: written down, committed, and only then handed to the rail; and asked after when nobody knows."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from django.db import transaction

from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.payouts.errors import BatchNotApproved, UnknownBatch
from zhanggui.settlement.payouts.locks import hold_payouts
from zhanggui.settlement.payouts.models import (
    AttemptState,
    BatchState,
    PayoutAttempt,
    PayoutBatch,
    PayoutFile,
)
from zhanggui.settlement.payouts.operations.apply_answer import Moment, apply_answer
from zhanggui.settlement.payouts.operations.record_sending import record_sending
from zhanggui.settlement.payouts.operations.record_submission import record_submission
from zhanggui.settlement.payouts.queries import CONTENT_SEALED_AS
from zhanggui.settlement.payouts.rail import Answer, NotTaken, Outcome, Rail, Written, rail_named
from zhanggui.vault.sealing import unseal

NOT_HEARD_OF = (AttemptState.RECORDED, AttemptState.UNKNOWN)
PATIENCE = timedelta(minutes=10)
"""How long a sending worker is given before somebody else asks what became of its message."""


@dataclass(frozen=True)
class Sent:
    """What sending a batch came to: `outcome` is submitted, unknown or not_taken, empty when nothing was left to
    send; `refused` payouts failed before anything left."""

    number: str
    message: str
    outcome: str
    sent: int
    refused: int
    reason: str = ""


def batch_sent(*, number: str, clock: Callable[[], datetime], zone: tzinfo, actor: str) -> Sent:
    """This function will send one approved batch: record and commit, call the rail outside any transaction, record.

    Killed in between, or without an answer, the batch stays `sent` with attempts of unknown outcome, which
    `payouts_asked` asks after. Raises UnknownBatch, BatchNotApproved, BatchChanged, UnknownRail.
    """
    batch = PayoutBatch.objects.filter(number=number).first()
    if batch is None:
        raise UnknownBatch(f"there is no payout batch {number}")
    rail, at = rail_named(batch.rail), clock()
    with transaction.atomic(durable=True):
        sending = record_sending(number=number, rail=rail, day=at.astimezone(zone).date(), at=at, actor=actor)
    if sending.written is None:
        return Sent(number, "", "", 0, sending.refused)
    outcome, reason = _handed_over(
        rail, sending.batch, sending.account_code, sending.message, sending.written, clock, zone, actor
    )
    return Sent(number, sending.message, outcome, sending.sent, sending.refused, reason)


def approved_batches_sent(*, clock: Callable[[], datetime], zone: tzinfo, actor: str) -> list[Sent]:
    """This function will send every approved batch; one that another worker took meanwhile is left to it."""
    done = []
    for number in PayoutBatch.objects.filter(state=BatchState.APPROVED).order_by("id").values_list(
        "number", flat=True
    ):  # fmt: skip
        try:
            done.append(batch_sent(number=number, clock=clock, zone=zone, actor=actor))
        except BatchNotApproved:
            continue
    return done


def payouts_asked(
    *, clock: Callable[[], datetime], zone: tzinfo, actor: str, patience: timedelta = PATIENCE
) -> int:
    """This function will ask the rails after every message nothing was heard of for `patience`, apply what they say,
    and return how many messages were asked after.

    A message that the rail certainly never got is handed over again: the same bytes under the same numbers.
    """
    asked = 0
    waiting = PayoutAttempt.objects.filter(state__in=NOT_HEARD_OF, recorded_at__lte=clock() - patience)
    for batch_id in sorted(set(waiting.values_list("payout__batch_id", flat=True))):
        batch = PayoutBatch.objects.get(id=batch_id)
        if batch.state == BatchState.SENT:
            _ask(batch, clock, zone, actor)
            asked += 1
    return asked


def _ask(batch: PayoutBatch, clock: Callable[[], datetime], zone: tzinfo, actor: str) -> None:
    rail, own = rail_named(batch.rail), OwnAccount.objects.get(id=batch.own_account_id)
    file = PayoutFile.objects.filter(batch_id=batch.id, direction="out").latest("id")
    waiting = PayoutAttempt.objects.filter(payout__batch=batch, state__in=NOT_HEARD_OF)
    numbers = list(waiting.order_by("id").values_list("end_to_end", flat=True))
    PayoutAttempt.objects.filter(end_to_end__in=numbers).update(asked_at=clock())
    try:
        answers = rail.query(account_code=own.code, number=file.message, end_to_ends=numbers)
    except Exception:
        return  # still nobody knows; it is asked again
    if numbers and {one.end_to_end for one in answers if one.outcome == Outcome.NOT_KNOWN} == set(numbers):
        content = base64.b64decode(unseal(bytes(file.content_sealed), purpose=CONTENT_SEALED_AS))
        written = Written(file.name, file.kind, content)
        _handed_over(rail, batch, own.code, file.message, written, clock, zone, actor)
        return
    _apply(own, answers, clock, zone, actor)


@transaction.atomic
def _apply(
    own: OwnAccount, answers: Sequence[Answer], clock: Callable[[], datetime], zone: tzinfo, actor: str
) -> None:
    hold_payouts()
    at = clock()
    moment = Moment(at, at.astimezone(zone).date(), actor)
    for answer in answers:
        if answer.outcome not in (Outcome.NOT_KNOWN, Outcome.UNKNOWN):
            apply_answer(own=own, answer=answer, file_id=0, moment=moment)


def _handed_over(
    rail: Rail, batch: PayoutBatch, account_code: str, message: str, written: Written,
    clock: Callable[[], datetime], zone: tzinfo, actor: str,
) -> tuple[str, str]:  # fmt: skip
    """Call the rail, outside any transaction, and write down what became of it."""
    after, reason = AttemptState.SUBMITTED, ""
    try:
        rail.submit(account_code=account_code, number=message, written=written)
    except NotTaken as refused:
        after, reason = AttemptState.NOT_TAKEN, str(refused)
    except Exception as problem:  # a time-out above all: it may have arrived
        after, reason = AttemptState.UNKNOWN, f"{type(problem).__name__}: {problem}"
    at = clock()
    with transaction.atomic():
        record_submission(
            batch_id=batch.id, after=after, day=at.astimezone(zone).date(), at=at, actor=actor, reason=reason
        )
    return after, reason
