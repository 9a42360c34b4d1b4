"""Apply what a bank says of one payment."""

from dataclasses import dataclass
from datetime import date, datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.ledger.sources import EntrySource
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.payouts.models import (
    AnswerEffect,
    AttemptState,
    BatchState,
    PayoutAnswer,
    PayoutAttempt,
    PayoutBatch,
    PayoutState,
)
from zhanggui.settlement.payouts.operations.note_steps import Step, note_steps
from zhanggui.settlement.payouts.operations.step_payouts import step_payouts
from zhanggui.settlement.payouts.postings import Movement, post_movements
from zhanggui.settlement.payouts.rail import Answer, Outcome
from zhanggui.settlement.payouts.states import ATTEMPT

OPEN = (AttemptState.RECORDED, AttemptState.SUBMITTED, AttemptState.UNKNOWN, AttemptState.ACCEPTED)
NEWS_OF_THE_WAY = {Outcome.SUBMITTED: AttemptState.SUBMITTED, Outcome.ACCEPTED: AttemptState.ACCEPTED}


@dataclass(frozen=True)
class Moment:
    """When an answer is taken in: the time, the business day it is booked on at the latest, and by whom."""

    at: datetime
    day: date
    actor: str


def apply_answer(*, own: OwnAccount, answer: Answer, file_id: int, moment: Moment) -> PayoutAnswer:
    """This function will apply one answer in the caller's transaction, which holds the payouts, and return what it
    came to. The same answer again moves nothing; one about a payment we never sent, of another amount, or against
    what is booked moves nothing either and waits for a person."""
    attempt = (
        PayoutAttempt.objects.select_for_update(of=("self",))
        .select_related("payout")
        .filter(end_to_end=answer.end_to_end, payout__own_account_id=own.id)
        .first()
    )
    effect = _effect(attempt, answer)
    if effect == AnswerEffect.APPLIED:
        assert attempt is not None
        _apply(own, attempt, answer, moment)
    row = PayoutAnswer.objects.create(
        party_id=attempt.party_id if attempt else 0, payout_id=attempt.payout_id if attempt else 0,
        attempt_id=attempt.id if attempt else 0, own_account_id=own.id, file_id=file_id,
        end_to_end=answer.end_to_end[:64], outcome=answer.outcome, amount_minor=answer.amount_minor,
        currency=answer.currency[:3], reference=answer.reference[:64], reason_code=answer.reason_code[:48],
        reason=answer.reason[:2000], effect=effect, at=moment.at,
    )  # fmt: skip
    if effect != AnswerEffect.REPEATED:
        record_change(
            at=moment.at, actor=moment.actor, action=f"payout.answer_{effect}", object_kind="payout",
            object_id=attempt.payout.number if attempt else answer.end_to_end[:64], party_id=row.party_id,
            after={"outcome": str(answer.outcome), "amount_minor": answer.amount_minor,
                   "reason": answer.reason_code, "own_account": own.code,
                   "state": attempt.payout.state if attempt else ""},
        )  # fmt: skip
    return row


def _effect(attempt: PayoutAttempt | None, answer: Answer) -> AnswerEffect:
    if attempt is None:
        return AnswerEffect.NEVER_SENT
    if answer.amount_minor is not None and (answer.amount_minor, answer.currency or attempt.currency) != (
        attempt.amount_minor, attempt.currency,
    ):  # fmt: skip
        return AnswerEffect.AMOUNT_DIFFERS
    state, payout = attempt.state, attempt.payout.state
    if answer.outcome in NEWS_OF_THE_WAY:
        return AnswerEffect.APPLIED if _is_news(state, answer.outcome) else AnswerEffect.REPEATED
    if answer.outcome == Outcome.EXECUTED:
        if state == AttemptState.EXECUTED:
            return AnswerEffect.REPEATED
        return AnswerEffect.APPLIED if state in OPEN else AnswerEffect.CONTRADICTS
    if answer.outcome == Outcome.REJECTED:
        if state == AttemptState.REJECTED:
            return AnswerEffect.REPEATED
        return AnswerEffect.APPLIED if state in OPEN else AnswerEffect.CONTRADICTS
    if answer.outcome == Outcome.RETURNED:
        if payout == PayoutState.RETURNED:
            return AnswerEffect.REPEATED
        fits = payout == PayoutState.PAID or state in OPEN
        return AnswerEffect.APPLIED if fits else AnswerEffect.CONTRADICTS
    return AnswerEffect.REPEATED


def _is_news(state: str, outcome: Outcome) -> bool:
    return NEWS_OF_THE_WAY[outcome] in ATTEMPT[state]


def _apply(own: OwnAccount, attempt: PayoutAttempt, answer: Answer, moment: Moment) -> None:
    if answer.outcome in NEWS_OF_THE_WAY:
        _step_attempt(attempt, NEWS_OF_THE_WAY[answer.outcome], answer, moment)
        return
    day = min(answer.at or moment.day, moment.day)
    movements = []
    if answer.outcome == Outcome.REJECTED:
        _step_attempt(attempt, AttemptState.REJECTED, answer, moment)
        movements = [Movement(attempt.payout, attempt.attempt, EntrySource.PAYOUT_FAILED, day)]
        steps = [PayoutState.FAILED]
    else:
        steps = []
        if attempt.payout.state == PayoutState.SENT:
            # A return tells by itself that the money had left, whether or not we were told so before.
            _step_attempt(attempt, AttemptState.EXECUTED, answer, moment)
            movements.append(Movement(attempt.payout, attempt.attempt, EntrySource.PAYOUT_EXECUTED, day))
            steps.append(PayoutState.PAID)
        if answer.outcome == Outcome.RETURNED:
            movements.append(Movement(attempt.payout, attempt.attempt, EntrySource.PAYOUT_RETURNED, day))
            steps.append(PayoutState.RETURNED)
    post_movements(movements, own=own, at=moment.at)
    for after in steps:
        ended = after != PayoutState.PAID
        step_payouts(
            rows=[attempt.payout], after=after, at=moment.at, actor=moment.actor,
            reason_code=answer.reason_code[:48] if ended else "", reason=answer.reason[:2000] if ended else "",
        )  # fmt: skip
    _finish_batch(attempt.payout.batch_id, moment)


def _step_attempt(attempt: PayoutAttempt, after: AttemptState, answer: Answer, moment: Moment) -> None:
    before, attempt.state = attempt.state, after
    attempt.answered_at = moment.at
    attempt.reference = answer.reference[:64] or attempt.reference
    attempt.reason_code, attempt.reason = answer.reason_code[:48], answer.reason[:2000]
    attempt.save(update_fields=["state", "answered_at", "reference", "reason_code", "reason"])
    note_steps(
        steps=[Step("attempt", attempt.id, before, after, attempt.party_id, answer.reason[:2000])],
        at=moment.at, actor=moment.actor,
    )  # fmt: skip


def _finish_batch(batch_id: int, moment: Moment) -> None:
    """A batch is done when nothing of it is on its way or waits to be sent."""
    batch = PayoutBatch.objects.select_for_update().get(id=batch_id)
    open_states = (PayoutState.PROPOSED, PayoutState.APPROVED, PayoutState.SENT)
    if batch.state != BatchState.SENT or batch.payouts.filter(state__in=open_states).exists():
        return
    batch.state, batch.done_at = BatchState.DONE, moment.at
    batch.save(update_fields=["state", "done_at"])
    note_steps(
        steps=[Step("batch", batch.id, BatchState.SENT, BatchState.DONE)], at=moment.at, actor=moment.actor
    )
