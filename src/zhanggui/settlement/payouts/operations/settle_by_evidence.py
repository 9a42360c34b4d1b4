"""A payout nobody can settle electronically is settled by evidence: one person brings it, another approves. It may be
about a part: what the bank executed of an order, or what came back of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from zhanggui.approvals.models import Approval
from zhanggui.approvals.operations.request_approval import request_approval
from zhanggui.files.checking import check_content
from zhanggui.money import Money
from zhanggui.money.integers import require_integer
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.payouts.errors import EvidenceIncomplete, PartNotThere, PayoutNotSent, UnknownPayout
from zhanggui.settlement.payouts.evidence_files import EVIDENCE_FILES
from zhanggui.settlement.payouts.locks import hold_payouts
from zhanggui.settlement.payouts.models import (
    AnswerEffect,
    AttemptState,
    Payout,
    PayoutAnswer,
    PayoutState,
)
from zhanggui.settlement.payouts.operations.apply_answer import Moment, apply_answer, whole_of
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


@dataclass(frozen=True)
class Evidence:
    """What a person brings: what became of the payment, the bank's reference and day, and the file that proves it.
    `amount_minor`: how much was executed or came back, where that is less than all of it (None: all)."""

    outcome: str
    reference: str
    day: date
    file_name: str
    content: bytes
    reason: str
    amount_minor: int | None = None


def request_evidence(*, number: str, evidence: Evidence, at: datetime, day: date, maker: str) -> Approval:
    """This function will keep the evidence and ask another person to approve what it states, in the caller's
    transaction; `day` is today. Nothing moves before. Raises UnknownPayout, EvidenceIncomplete, HandedFileRefused,
    PayoutNotSent, PartNotThere, AlreadyRequested."""
    hold_payouts()
    row = _payout(number)
    outcome = _refuse_incomplete(evidence, day)
    _refuse_other_state(row, outcome)
    amount = _amount(row, outcome, evidence)
    file, _new = keep_file(
        own_account_id=row.own_account_id, direction="ev", at=at, actor=maker,
        written=Written(evidence.file_name[:255], "evidence", evidence.content),
    )  # fmt: skip
    attempt = row.attempts.latest("attempt")
    content = {
        "payout": row.number, "end_to_end": attempt.end_to_end, "outcome": str(outcome),
        "amount_minor": amount, "of_minor": row.amount_minor, "currency": row.currency,
        "reference": evidence.reference.strip(),
        "day": evidence.day.isoformat(), "file": file.name, "file_id": file.id, "sha256": bytes(file.sha256).hex(),
        "reason": evidence.reason.strip(),
    }  # fmt: skip
    return request_approval(
        kind=APPROVAL_KIND, subject=row.number, title=f"{row.number} {outcome}", party_id=row.party_id,
        amount_minor=amount, currency=row.currency, payload=content, maker=maker, at=at,
    )  # fmt: skip


def settle_by_evidence(*, content: Mapping[str, Any], at: datetime, day: date, actor: str) -> PayoutAnswer:
    """This function will apply what approved evidence states, in the caller's transaction, as if the bank had said
    it: of the whole, or of the part that it names; what was not executed, or came back, is payable again. What the
    bank itself said meanwhile stands: the same is harmless, something else refuses the evidence.

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
        moment=Moment(at, day, actor), in_part=True,
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
    if not evidence.content or not evidence.file_name.strip():
        raise EvidenceIncomplete("bring the file that proves it, with its name")
    check_content(evidence.content, name=evidence.file_name, taken=EVIDENCE_FILES)
    if evidence.day > day:
        raise EvidenceIncomplete(f"the day {evidence.day} lies ahead; give the day the bank booked it")
    return Outcome(evidence.outcome)


def _amount(row: Payout, outcome: Outcome, evidence: Evidence) -> int:
    """How much the evidence is about: all that there is, or less of it, and then only where it was told in part."""
    whole = whole_of(row, outcome)
    if evidence.amount_minor is None:
        return whole
    amount = require_integer(evidence.amount_minor, "The amount")
    if not 0 < amount <= whole or (outcome == Outcome.REJECTED and amount != whole):
        raise PartNotThere(
            f"{Money(amount, row.currency)} of payout {row.number} cannot be {outcome}; at most"
            f" {Money(whole, row.currency)} can, and a rejection is of all of it",
            whole_minor=whole,
        )
    return amount


def _refuse_other_state(row: Payout, outcome: Outcome) -> None:
    open_attempt = row.attempts.exclude(state__in=[AttemptState.REJECTED, AttemptState.NOT_TAKEN]).exists()
    if row.state not in FROM[outcome] or not open_attempt:
        raise PayoutNotSent(
            f"payout {row.number} is {row.state}; evidence settles only one whose money is on its way, or a return"
            " of one that was paid",
            state=row.state,
        )
