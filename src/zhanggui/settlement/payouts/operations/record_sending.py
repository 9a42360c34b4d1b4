"""Write down that a batch is about to be sent: attempts, postings and the very bytes, before anything leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from zhanggui.approvals.models import ApprovalState
from zhanggui.approvals.queries import latest_approval
from zhanggui.approvals.rules import content_digest
from zhanggui.audit.operations.record_change import record_change
from zhanggui.ledger.sources import EntrySource
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.entities.operations.open_own_account import NUMBER_SEALED_AS as OURS_SEALED_AS
from zhanggui.settlement.guarantees.queries import frozen_parties
from zhanggui.settlement.payouts.errors import BatchChanged, BatchNotApproved, UnknownBatch
from zhanggui.settlement.payouts.locks import hold_payouts
from zhanggui.settlement.payouts.models import (
    BatchState,
    Cause,
    Payout,
    PayoutAttempt,
    PayoutBatch,
    PayoutFile,
    PayoutState,
    Receiver,
)
from zhanggui.settlement.payouts.operations.keep_file import keep_file
from zhanggui.settlement.payouts.operations.note_steps import Step, note_steps
from zhanggui.settlement.payouts.operations.step_payouts import step_payouts
from zhanggui.settlement.payouts.postings import Movement, post_movements
from zhanggui.settlement.payouts.queries import NUMBER_SEALED_AS, content_of, payable_of, snapshot_holds
from zhanggui.settlement.payouts.rail import Instruction, Message, Rail, Side, Written, rail_pays
from zhanggui.settlement.payouts.rules import document_number, end_to_end
from zhanggui.settlement.statements.models import Statement
from zhanggui.vault.sealing import unseal

APPROVAL_KIND = "payout_batch"


@dataclass(frozen=True)
class Sending:
    """What is written down and may now be handed over; `written` is None when no payout was left to send."""

    batch: PayoutBatch
    account_code: str
    message: str
    written: Written | None
    sent: int = 0
    refused: int = 0


def record_sending(*, number: str, rail: Rail, day: date, at: datetime, actor: str) -> Sending:
    """This function will write down, in the caller's transaction, that an approved batch goes out now.

    Each payout gets an attempt with a number of its own, and its money moves from confirmed to in transit. A payout
    whose receiver is no longer the verified one that was approved fails instead, and so does one whose money was
    put on hold since. Raises UnknownBatch, BatchNotApproved, BatchChanged.
    """
    hold_payouts()
    batch = PayoutBatch.objects.select_for_update().filter(number=number).first()
    if batch is None:
        raise UnknownBatch(f"there is no payout batch {number}")
    if batch.state != BatchState.APPROVED:
        raise BatchNotApproved(
            f"batch {number} is {batch.state}; only an approved one is sent", state=batch.state
        )
    _refuse_changed(batch)
    own = OwnAccount.objects.get(id=batch.own_account_id)
    rows = list(Payout.objects.filter(batch=batch, state=PayoutState.APPROVED).order_by("id"))
    fit = _refuse_unfit(_refuse_other_kinds(rows, batch.rail, at, actor), at, actor)
    if not fit:
        _step_batch(batch, BatchState.DONE, at, actor)
        return Sending(batch, own.code, "", None, refused=len(rows))
    attempts = _attempts(fit, at)
    post_movements(
        [
            Movement(row, attempt.attempt, EntrySource.PAYOUT_SENT, day)
            for row, attempt in zip(fit, attempts, strict=True)
        ],
        own=own, at=at,
    )  # fmt: skip
    step_payouts(rows=fit, after=PayoutState.SENT, at=at, actor=actor)
    message = _message_number(batch)
    written = rail.written(_message(message, own, fit, attempts, day, at))
    keep_file(
        own_account_id=own.id, direction="out", written=written, at=at, actor=actor, batch_id=batch.id,
        message=message,
    )  # fmt: skip
    _step_batch(batch, BatchState.SENT, at, actor)
    return Sending(batch, own.code, message, written, len(fit), len(rows) - len(fit))


def _refuse_changed(batch: PayoutBatch) -> None:
    approval = latest_approval(APPROVAL_KIND, batch.number)
    if (
        approval is None
        or approval.state != ApprovalState.APPROVED
        or bytes(approval.digest) != content_digest(content_of(batch))
    ):
        raise BatchChanged(
            f"batch {batch.number} is not what was approved; nothing of it is sent, look at its audit records",
            number=batch.number,
        )


def _refuse_other_kinds(rows: Sequence[Payout], rail: str, at: datetime, actor: str) -> list[Payout]:
    """Fail what goes to a kind of receiver that the rail does not pay; the rest, in order."""
    fit = [row for row in rows if rail_pays(rail, row.receiver_kind)]
    for kind in sorted({row.receiver_kind for row in rows} - {row.receiver_kind for row in fit}):
        step_payouts(
            rows=[row for row in rows if row.receiver_kind == kind], after=PayoutState.FAILED, at=at,
            actor=actor, reason_code=f"no_rail_for_{kind}",
            reason=f"the rail {rail} does not pay a {kind}; nothing was sent",
        )  # fmt: skip
    return fit


def _refuse_unfit(rows: Sequence[Payout], at: datetime, actor: str) -> list[Payout]:
    """Fail what may not go out any more; the rest, in order. The statements' rows are held, so that nobody puts a
    hold on their money meanwhile."""
    receivers = Receiver.objects.in_bulk([row.receiver_id for row in rows])
    keys = sorted({(row.party_id, row.statement_id) for row in rows if row.cause == Cause.STATEMENT})
    for party_id, statement_id in keys:
        Statement.objects.select_for_update().get(party_id=party_id, id=statement_id)
    rest, frozen = {key: payable_of(*key) for key in keys}, frozen_parties({row.party_id for row in rows})
    fit, changed, held = [], [], []
    for row in rows:
        if not snapshot_holds(row, receivers.get(row.receiver_id)):
            changed.append(row)
        elif row.party_id in frozen or rest.get((row.party_id, row.statement_id), 0) < 0:
            # The party is frozen; or what is payable, which counts this payout as spoken for, is below zero: a
            # hold took its money.
            held.append(row)
            if row.cause == Cause.STATEMENT:
                rest[row.party_id, row.statement_id] += row.amount_minor
        else:
            fit.append(row)
    if changed:
        step_payouts(
            rows=changed, after=PayoutState.FAILED, at=at, actor=actor, reason_code="receiver_changed",
            reason="the receiver is no longer the one that was approved; nothing was sent",
        )  # fmt: skip
    if held:
        step_payouts(
            rows=held, after=PayoutState.FAILED, at=at, actor=actor, reason_code="held",
            reason="the party or its money was frozen since the approval; nothing was sent",
        )  # fmt: skip
    return fit


def _attempts(rows: Sequence[Payout], at: datetime) -> list[PayoutAttempt]:
    made = []
    for row in rows:
        count = row.attempts.count() + 1
        made.append(
            PayoutAttempt(
                party_id=row.party_id, payout=row, attempt=count, end_to_end=end_to_end(row.number, count),
                amount_minor=row.amount_minor, currency=row.currency, recorded_at=at,
            )
        )  # fmt: skip
    return PayoutAttempt.objects.bulk_create(made)


def _message_number(batch: PayoutBatch) -> str:
    earlier = PayoutFile.objects.filter(batch_id=batch.id, direction="out").count()
    return batch.number if earlier == 0 else f"{batch.number}-{earlier + 1}"


def _message(
    number: str,
    own: OwnAccount,
    rows: Sequence[Payout],
    attempts: Sequence[PayoutAttempt],
    day: date,
    at: datetime,
) -> Message:
    statements = {
        (row.party_id, row.id): row.number
        for row in Statement.objects.filter(
            party_id__in={one.party_id for one in rows}, id__in={one.statement_id for one in rows}
        )
    }
    return Message(
        number=number, account_code=own.code, made_at=at, execute_on=day,
        payer=Side(
            own.holder, unseal(bytes(own.number_sealed), purpose=OURS_SEALED_AS), own.kind, "", own.details
        ),
        instructions=[
            Instruction(
                end_to_end=attempt.end_to_end, amount_minor=row.amount_minor, currency=row.currency,
                purpose=document_number(row.cause, row.document_id) if row.document_id
                else statements[row.party_id, row.statement_id],
                to=Side(row.receiver_holder, unseal(bytes(row.receiver_sealed), purpose=NUMBER_SEALED_AS),
                        row.receiver_kind, row.receiver_bank, row.receiver_details),
            )
            for row, attempt in zip(rows, attempts, strict=True)
        ],
    )  # fmt: skip


def _step_batch(batch: PayoutBatch, after: BatchState, at: datetime, actor: str) -> None:
    before, batch.state = batch.state, after
    if after == BatchState.SENT:
        batch.sent_at = at
    else:
        batch.done_at = at
    batch.save(update_fields=["state", "sent_at", "done_at"])
    note_steps(steps=[Step("batch", batch.id, before, after)], at=at, actor=actor)
    record_change(
        at=at, actor=actor, action=f"payout_batch.{after}", object_kind="payout_batch", object_id=batch.number,
        before={"state": before}, after={"state": str(after), "total_minor": batch.total_minor},
    )  # fmt: skip
