"""Make a batch of payouts: one person's proposal, which another has to approve."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from zhanggui.audit.operations.record_change import record_change
from zhanggui.rows.transfer import reserve_numbers
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.payouts.models import BatchState, Cause, Payout, PayoutBatch, PayoutState, Receiver
from zhanggui.settlement.payouts.operations.note_steps import Step, note_steps
from zhanggui.settlement.payouts.rules import batch_number, parts, payout_number


@dataclass(frozen=True)
class Proposed:
    """What is to be paid of one statement or document (minor units), and to whom; `part` and `retry_of_id` for a
    payout in the place of one that failed or came back."""

    party_id: int
    statement_id: int
    amount_minor: int
    receiver: Receiver
    part: int = 0
    retry_of_id: int = 0
    cause: str = Cause.STATEMENT
    document_id: int = 0


def make_batch(
    *,
    own: OwnAccount,
    proposed: Sequence[Proposed],
    limit_minor: int | None,
    day: date,
    at: datetime,
    actor: str,
    least_minor: int = 0,
) -> PayoutBatch:
    """This function will make a batch and its payouts in the caller's transaction, which holds the payouts, and
    return it. An amount above the bank's limit per payment becomes several payouts, none of them below `least_minor`.
    The receiver is copied onto each payout: that copy is what is approved, and where the money goes.

    A part that has a payout already violates a unique key and undoes the transaction.
    """
    with connection.cursor() as cursor:
        first = reserve_numbers(cursor, "settlement_payout_batch_id_seq", 1)
    pieces = [
        (one, one.part or place, amount)
        for one in proposed
        for place, amount in enumerate(
            [one.amount_minor] if one.part else parts(one.amount_minor, limit_minor, least_minor),
            _first_part(one),
        )
    ]
    batch = PayoutBatch.objects.create(
        id=int(first[0]), number=batch_number(day, int(first[0])), entity_id=own.entity_id,
        own_account_id=own.id, rail=own.rail, currency=own.currency, payout_count=len(pieces),
        total_minor=sum(amount for _, _, amount in pieces), made_at=at, made_by=actor,
    )  # fmt: skip
    rows = _payouts(batch, pieces, own, day, at)
    Payout.objects.bulk_create(rows)
    steps = [Step("payout", row.id, "", PayoutState.PROPOSED, row.party_id) for row in rows]
    note_steps(steps=[Step("batch", batch.id, "", BatchState.PROPOSED), *steps], at=at, actor=actor)
    record_change(
        at=at, actor=actor, action="payout_batch.made", object_kind="payout_batch", object_id=batch.number,
        after={"own_account": own.code, "payouts": [row.number for row in rows],
               "total_minor": batch.total_minor, "currency": own.currency},
    )  # fmt: skip
    return batch


def _first_part(one: Proposed) -> int:
    latest = (
        Payout.objects.filter(
            cause=one.cause, party_id=one.party_id, statement_id=one.statement_id, document_id=one.document_id
        )
        .exclude(state=PayoutState.CANCELLED)
        .order_by("-part")
        .first()
    )
    return latest.part + 1 if latest else 1


def _payouts(
    batch: PayoutBatch, pieces: Sequence[tuple[Proposed, int, int]], own: OwnAccount, day: date, at: datetime
) -> list[Payout]:
    with connection.cursor() as cursor:
        ids = reserve_numbers(cursor, "settlement_payout_id_seq", len(pieces))
    return [
        Payout(
            id=int(number), number=payout_number(day, int(number)), party_id=one.party_id,
            cause=one.cause, statement_id=one.statement_id, document_id=one.document_id, part=part,
            entity_id=own.entity_id, currency=own.currency,
            amount_minor=amount, own_account_id=own.id, batch=batch, retry_of_id=one.retry_of_id,
            receiver_id=one.receiver.id, receiver_digest=one.receiver.digest,
            receiver_holder=one.receiver.holder, receiver_masked=one.receiver.number_masked,
            receiver_sealed=one.receiver.number_sealed, receiver_bank=one.receiver.bank,
            receiver_kind=one.receiver.kind, receiver_details=one.receiver.details, made_at=at,
        )
        for number, (one, part, amount) in zip(ids, pieces, strict=True)
    ]  # fmt: skip
