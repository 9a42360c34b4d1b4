"""A payout nobody can settle electronically is settled by evidence: one person brings it, another approves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from zhanggui.approvals.models import Approval
from zhanggui.approvals.operations.request_approval import request_approval
from zhanggui.money.integers import require_integer
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.payouts.errors import EvidenceIncomplete, PayoutNotSent, UnknownPayout
from zhanggui.settlement.payouts.locks import hold_payouts
from zhanggui.settlement.payouts.models import (
    AnswerEffect,
    AttemptState,
    Payout,
    PayoutAnswer,
    PayoutState,
)
from zhanggui.settlement.payouts.operations.apply_answer import Moment, apply_answer
from zhanggui.settlement.payouts.operations.keep_file import keep_file
from zhanggui.settlement.payouts.rail import Answer, Outcome, Written

APPROVAL_KIND = "payout_evidence"
REASON_CODE = "EVIDENCE"
FROM = {
    Outcome.EXECUTED: (PayoutState.SENT,),
    Outcome.REJECTED: (PayoutState.SENT,),
    Outcome.RETURNED: (PayoutState.SENT, PayoutState.PAID),
}
"""What evidence may state, and of payouts in which state."""
LARGEST_BYTES = 5_000_000


@dataclass(frozen=True)
class Evidence:
    """What a person brings: what became of the payment, the bank's reference and day, and the file that proves it."""

    outcome: str
    reference: str
    day: date
    file_name: str
    content: bytes
    reason: str


def request_evidence(*, number: str, evidence: Evidence, at: datetime, day: date, maker: str) -> Approval:
    """This function will keep the evidence and ask another person to approve what it states, in the caller's
    transaction; `day` is today. Nothing moves before. Raises UnknownPayout, EvidenceIncomplete, PayoutNotSent,
    AlreadyRequested."""
    hold_payouts()
    row = _payout(number)
    outcome = _refuse_incomplete(evidence, day)
    _refuse_other_state(row, outcome)
    file, _new = keep_file(
        own_account_id=row.own_account_id, direction="ev", at=at, actor=maker,
        written=Written(evidence.file_name[:255], "evidence", evidence.content),
    )  # fmt: skip
    attempt = row.attempts.latest("attempt")
    content = {
        "payout": row.number, "end_to_end": attempt.end_to_end, "outcome": str(outcome),
        "amount_minor": row.amount_minor, "currency": row.currency, "reference": evidence.reference.strip(),
        "day": evidence.day.isoformat(), "file": file.name, "file_id": file.id, "sha256": bytes(file.sha256).hex(),
        "reason": evidence.reason.strip(),
    }  # fmt: skip
    return request_approval(
        kind=APPROVAL_KIND, subject=row.number, title=f"{row.number} {outcome}", party_id=row.party_id,
        amount_minor=row.amount_minor, currency=row.currency, payload=content, maker=maker, at=at,
    )  # fmt: skip


def settle_by_evidence(*, content: Mapping[str, Any], at: datetime, day: date, actor: str) -> PayoutAnswer:
    """This function will apply what approved evidence states, in the caller's transaction, as if the bank had said
    it. What the bank itself said meanwhile stands: the same is harmless, something else refuses the evidence.

    Raises UnknownPayout, PayoutNotSent.
    """
    hold_payouts()
    row = _payout(content["payout"])
    answer = Answer(
        end_to_end=content["end_to_end"], outcome=Outcome(content["outcome"]),
        amount_minor=require_integer(content["amount_minor"], "The amount"), currency=content["currency"],
        at=date.fromisoformat(content["day"]), reference=content["reference"], reason_code=REASON_CODE,
        reason=content["reason"],
    )  # fmt: skip
    found = apply_answer(
        own=OwnAccount.objects.get(id=row.own_account_id), answer=answer, file_id=content["file_id"],
        moment=Moment(at, day, actor),
    )  # fmt: skip
    if found.effect not in (AnswerEffect.APPLIED, AnswerEffect.REPEATED):
        raise PayoutNotSent(
            f"the bank said something else of payout {row.number} meanwhile: it is {row.state}; reject the evidence",
            state=row.state,
        )
    return found


def _payout(number: str) -> Payout:
    row = Payout.objects.filter(number=number).first()
    if row is None:
        raise UnknownPayout(f"there is no payout {number}", number=number)
    return row


def _refuse_incomplete(evidence: Evidence, day: date) -> Outcome:
    if evidence.outcome not in FROM:
        raise EvidenceIncomplete("say whether the payment was executed, rejected or returned")
    if not evidence.reference.strip() or not evidence.reason.strip() or len(evidence.reference) > 64:
        raise EvidenceIncomplete(
            "give the bank's reference (at most 64 characters) and say how it was found out"
        )
    if not evidence.content or len(evidence.content) > LARGEST_BYTES or not evidence.file_name.strip():
        raise EvidenceIncomplete(f"bring the file that proves it, of at most {LARGEST_BYTES} bytes")
    if evidence.day > day:
        raise EvidenceIncomplete(f"the day {evidence.day} lies ahead; give the day the bank booked it")
    return Outcome(evidence.outcome)


def _refuse_other_state(row: Payout, outcome: Outcome) -> None:
    open_attempt = row.attempts.exclude(state__in=[AttemptState.REJECTED, AttemptState.NOT_TAKEN]).exists()
    if row.state not in FROM[outcome] or not open_attempt:
        raise PayoutNotSent(
            f"payout {row.number} is {row.state}; evidence settles only one whose money is on its way, or a return"
            " of one that was paid",
            state=row.state,
        )
