"""Payouts are proposed: what is due, by account of ours, in batches that another person has to approve."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from django.db import transaction

from zhanggui.approvals.operations.request_approval import request_approval
from zhanggui.money import Money
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.guarantees.queries import frozen_parties
from zhanggui.settlement.invoices.paying import due_for_payment, waiting_for_invoices
from zhanggui.settlement.payouts.errors import PayoutNotRetryable, UnknownPayout
from zhanggui.settlement.payouts.locks import hold_payouts
from zhanggui.settlement.payouts.models import Cause, Payout, PayoutBatch, Receiver
from zhanggui.settlement.payouts.operations.make_batch import Proposed, make_batch
from zhanggui.settlement.payouts.operations.record_sending import APPROVAL_KIND
from zhanggui.settlement.payouts.queries import (
    Due,
    content_of,
    due_documents,
    later_payout,
    own_accounts,
    payable_of,
    paying_account,
    receipt_of,
    receiver_for,
)
from zhanggui.settlement.payouts.rail import least_payment, most_payments, rail_named, rail_pays
from zhanggui.settlement.payouts.rules import bundles, parts
from zhanggui.settlement.payouts.states import ENDED
from zhanggui.settlement.statements.models import Statement


@dataclass
class Proposal:
    """The batches that were made, and what is due and has something in the way."""

    batches: list[PayoutBatch] = field(default_factory=list)
    held_up: list[Due] = field(default_factory=list)


@transaction.atomic
def payouts_proposed(
    *, at: datetime, zone: tzinfo, actor: str, keys: Sequence[tuple[int, int]] | None = None
) -> Proposal:
    """This function will put every due statement (or those of `keys`, party and statement) and, without `keys`, every
    approved document that gives money back into a batch of its account of ours, ask for approval of each batch, and
    say what is in the way of the others: a receiver, a freeze, the party's own invoice where the entity checks it
    before paying. Raises UnknownRail."""
    hold_payouts()
    today = at.astimezone(zone).date()
    result = Proposal()
    by_account: dict[int, list[Due]] = {}
    documents = due_documents(now=at) if keys is None else []
    for due in [*due_for_payment(today=today, now=at, keys=keys), *documents]:
        if due.obstacle:
            result.held_up.append(due)
        else:
            by_account.setdefault(due.own_account_id, []).append(due)
    for own_id, found in sorted(by_account.items()):
        receivers = Receiver.objects.in_bulk([due.receiver_id for due in found])
        proposed = [
            Proposed(
                due.party_id,
                due.statement_id,
                due.amount_minor,
                receivers[due.receiver_id],
                cause=due.cause,
                document_id=due.document_id,
            )
            for due in found
        ]
        result.batches += _made(OwnAccount.objects.get(id=own_id), proposed, at, zone, actor)
    return result


@transaction.atomic
def payouts_retried(*, numbers: Sequence[str], at: datetime, zone: tzinfo, actor: str) -> list[PayoutBatch]:
    """This function will propose a new payout in the place of each that failed or came back, for the same statement
    or document, to the receiver that is verified now. Raises UnknownPayout, PayoutNotRetryable; then nothing is
    proposed."""
    hold_payouts()
    by_account: dict[int, list[Proposed]] = {}
    for number in dict.fromkeys(numbers):
        row = Payout.objects.filter(number=number).first()
        if row is None:
            raise UnknownPayout(f"there is no payout {number}", number=number)
        verified, _waits = receiver_for(row.party_id, row.currency, 0)
        kind = verified.kind if verified else row.receiver_kind
        own = paying_account(own_accounts().get((row.entity_id, row.currency), ()), kind)
        if row.cause != Cause.STATEMENT:
            # A document says which account of ours gives the money back; it stays with it while that is open.
            own = OwnAccount.objects.filter(id=row.own_account_id, active=True).first() or own
        if own is None:
            raise PayoutNotRetryable(
                f"no account of ours pays {row.currency} for this entity; open one first", number=number
            )
        by_account.setdefault(own.id, []).append(_again(row, own, at))
    return [
        batch
        for own_id, proposed in sorted(by_account.items())
        for batch in _made(OwnAccount.objects.get(id=own_id), proposed, at, zone, actor)
    ]


def _again(row: Payout, own: OwnAccount, at: datetime) -> Proposed:
    later = later_payout(row)
    if row.state not in ENDED or later is not None:
        raise PayoutNotRetryable(
            f"payout {row.number} is {row.state}" + (" and has another in its place" if later else "")
            + "; only the latest one that failed or came back is paid again",
            number=row.number, state=row.state,
        )  # fmt: skip
    receipt_id = receipt_of(row.document_id) if row.cause == Cause.RECEIPT else 0
    receiver, _waits = receiver_for(row.party_id, row.currency, receipt_id)
    if receiver is None or receiver.usable_from is None or receiver.usable_from > at:
        raise PayoutNotRetryable(
            f"the party of payout {row.number} has no verified receiver that has cooled down",
            number=row.number,
        )
    if not rail_pays(own.rail, receiver.kind):
        raise PayoutNotRetryable(
            f"the receiver of payout {row.number} is a {receiver.kind}, which {own.code} does not pay; verify"
            " another receiver first",
            number=row.number,
        )
    if row.party_id in frozen_parties({row.party_id}):
        raise PayoutNotRetryable(
            f"the party of payout {row.number} is frozen; release that hold first", number=row.number
        )
    if row.cause != Cause.STATEMENT:
        return Proposed(
            row.party_id, 0, row.standing_minor, receiver, row.part, row.id, row.cause, row.document_id
        )
    if waiting_for_invoices([(row.party_id, row.statement_id)]):
        raise PayoutNotRetryable(
            f"the party's invoice for the statement of payout {row.number} is not verified; verify it first",
            number=row.number,
        )
    if payable_of(row.party_id, row.statement_id) < row.standing_minor:
        raise PayoutNotRetryable(
            f"a hold took a part of the money of payout {row.number}; release it first", number=row.number
        )
    return Proposed(row.party_id, row.statement_id, row.standing_minor, receiver, row.part, row.id)


def _made(
    own: OwnAccount, proposed: Sequence[Proposed], at: datetime, zone: tzinfo, actor: str
) -> list[PayoutBatch]:
    """One batch, or as many as it takes where the rail takes so many payments at once."""
    for key in sorted({(one.party_id, one.statement_id) for one in proposed if one.statement_id}):
        Statement.objects.select_for_update().get(party_id=key[0], id=key[1])
    limits = [rail_named(own.rail).max_payment_minor, own.details.get("max_payment_minor")]
    limit = min((one for one in limits if one), default=None)
    least = least_payment(own.rail)
    counted = [(one, 1 if one.part else len(parts(one.amount_minor, limit, least))) for one in proposed]
    batches = []
    for some in bundles(counted, most=most_payments(own.rail)):
        batch = make_batch(
            own=own, proposed=some, limit_minor=limit, day=at.astimezone(zone).date(), at=at, actor=actor,
            least_minor=least,
        )  # fmt: skip
        total = Money(batch.total_minor, batch.currency).grouped()
        request_approval(
            kind=APPROVAL_KIND, subject=batch.number, at=at, maker=actor, amount_minor=batch.total_minor,
            title=f"{batch.payout_count} x {own.code}: {batch.currency} {total}", currency=batch.currency,
            payload=content_of(batch),
        )  # fmt: skip
        batches.append(batch)
    return batches
