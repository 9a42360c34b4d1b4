"""Apply what a bank says of one payment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.ledger.sources import EntrySource
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.payouts.models import (
    AnswerEffect,
    AttemptState,
    BatchState,
    Payout,
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


def apply_answer(
    *, own: OwnAccount, answer: Answer, file_id: int, moment: Moment, in_part: bool = False
) -> PayoutAnswer:
    """This function will apply one answer in the caller's transaction, which holds the payouts, and return what it
    came to. The same answer again moves nothing; one about a payment we never sent, of another amount, or against
    what is booked moves nothing either and waits for a person. With `in_part`, which only a person's approved word
    has, an amount below what was ordered is what was executed, or what came back, of it."""
    attempt = (
        PayoutAttempt.objects.select_for_update(of=("self",))
        .select_related("payout")
        .filter(end_to_end=answer.end_to_end, payout__own_account_id=own.id)
        .first()
    )
    effect = _effect(attempt, answer, in_part)
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


def _effect(attempt: PayoutAttempt | None, answer: Answer, in_part: bool) -> AnswerEffect:
    if attempt is None:
        return AnswerEffect.NEVER_SENT
    if (in_part or attempt.payout.returned_minor) and _applied_before(attempt, answer):
        return AnswerEffect.REPEATED
    if not _amount_fits(attempt.payout, answer, in_part):
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


def whole_of(payout: Payout, outcome: Outcome) -> int:
    """This function will return the amount of an answer about all of a payout that there still is, minor units."""
    if outcome == Outcome.EXECUTED:
        return payout.executed_minor
    return payout.standing_minor if outcome == Outcome.RETURNED else payout.amount_minor


def _amount_fits(payout: Payout, answer: Answer, in_part: bool) -> bool:
    """A bank's own word is about the whole. Once a part came back, its next word may be about that part again: a
    person says which."""
    if not in_part and answer.outcome == Outcome.RETURNED and payout.returned_minor:
        return payout.state == PayoutState.RETURNED
    if answer.amount_minor is None:
        return True
    if (answer.currency or payout.currency) != payout.currency:
        return False
    whole = whole_of(payout, answer.outcome)
    if in_part and answer.outcome in (Outcome.EXECUTED, Outcome.RETURNED):
        return 0 < answer.amount_minor <= whole
    return answer.amount_minor == whole


def _applied_before(attempt: PayoutAttempt, answer: Answer) -> bool:
    """The bank's reference tells one return from another."""
    return answer.reference != "" and PayoutAnswer.objects.filter(
        attempt_id=attempt.id, effect=AnswerEffect.APPLIED, outcome=answer.outcome, reference=answer.reference[:64]
    ).exists()  # fmt: skip


def _is_news(state: str, outcome: Outcome) -> bool:
    return NEWS_OF_THE_WAY[outcome] in ATTEMPT[state]


def _apply(own: OwnAccount, attempt: PayoutAttempt, answer: Answer, moment: Moment) -> None:
    if answer.outcome in NEWS_OF_THE_WAY:
        _step_attempt(attempt, NEWS_OF_THE_WAY[answer.outcome], answer, moment)
        return
    day = min(answer.at or moment.day, moment.day)
    payout, movements, steps = attempt.payout, [], []
    if answer.outcome == Outcome.REJECTED:
        _step_attempt(attempt, AttemptState.REJECTED, answer, moment)
        movements = [Movement(payout, attempt.attempt, EntrySource.PAYOUT_FAILED, day)]
        steps = [PayoutState.FAILED]
    elif payout.state == PayoutState.SENT:
        # A return tells by itself that the money had left, whether or not we were told so before.
        _step_attempt(attempt, AttemptState.EXECUTED, answer, moment)
        movements = _executed(attempt, answer, day)
        steps = [PayoutState.PAID]
    if answer.outcome == Outcome.RETURNED:
        movements.append(_returned(attempt, answer, day))
        if movements[-1].amount_minor == payout.standing_minor:
            steps.append(PayoutState.RETURNED)
        else:
            payout.returned_minor += movements[-1].amount_minor
    post_movements(movements, own=own, at=moment.at)
    _step(attempt, steps, answer, moment)


def _executed(attempt: PayoutAttempt, answer: Answer, day: date) -> list[Movement]:
    """What left; and, of a payment that was executed in part, what never will."""
    payout = attempt.payout
    if answer.outcome == Outcome.EXECUTED and answer.amount_minor is not None:
        payout.short_minor = payout.amount_minor - answer.amount_minor
    left = Movement(
        payout, attempt.attempt, EntrySource.PAYOUT_EXECUTED, day, amount_minor=payout.executed_minor
    )
    if not payout.short_minor:
        return [left]
    short = Movement(payout, attempt.attempt, EntrySource.PAYOUT_FAILED, day, amount_minor=payout.short_minor)
    return [left, short]


def _returned(attempt: PayoutAttempt, answer: Answer, day: date) -> Movement:
    """What came back: all that stands of the payout, or the part that a person's evidence names."""
    earlier = PayoutAnswer.objects.filter(
        payout_id=attempt.payout_id, effect=AnswerEffect.APPLIED, outcome=Outcome.RETURNED
    ).count()
    amount = attempt.payout.standing_minor if answer.amount_minor is None else answer.amount_minor
    return Movement(attempt.payout, attempt.attempt, EntrySource.PAYOUT_RETURNED, day, amount, earlier)


def _step(attempt: PayoutAttempt, steps: Sequence[PayoutState], answer: Answer, moment: Moment) -> None:
    """Take the payout along its stations; a part that came back leaves it where it is."""
    payout = attempt.payout
    for after in steps:
        ended = after != PayoutState.PAID
        step_payouts(
            rows=[payout], after=after, at=moment.at, actor=moment.actor,
            reason_code=answer.reason_code[:48] if ended else "", reason=answer.reason[:2000] if ended else "",
        )  # fmt: skip
    if payout.short_minor or payout.returned_minor:
        payout.save(update_fields=["short_minor", "returned_minor"])
    if payout.state == PayoutState.PAID and (payout.short_minor or payout.returned_minor):
        note_steps(
            steps=[Step("payout", payout.id, payout.state, payout.state, payout.party_id, answer.reason[:2000])],
            at=moment.at, actor=moment.actor,
        )  # fmt: skip
    _finish_batch(payout.batch_id, moment)


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
