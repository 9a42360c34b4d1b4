"""Ask to give up a debt, or part of it; another person approves it."""

from datetime import datetime, tzinfo

from zhanggui.approvals.operations.request_approval import request_approval
from zhanggui.audit.operations.record_change import record_change
from zhanggui.ledger.chart import RECEIVABLE, WRITE_OFFS
from zhanggui.ledger.operations.open_accounts import AccountKey
from zhanggui.ledger.operations.post_entry import post_entry
from zhanggui.ledger.sources import EntrySource
from zhanggui.money import Money
from zhanggui.money.integers import require_integer
from zhanggui.parties.models import Party
from zhanggui.settlement.adjustments.models import DocumentState
from zhanggui.settlement.adjustments.states import allowed
from zhanggui.settlement.collections.errors import (
    AboveDebt,
    CollectionDocumentNotPending,
    CollectionIncomplete,
)
from zhanggui.settlement.collections.locks import lock_debt
from zhanggui.settlement.collections.models import SettledBy, WriteOff
from zhanggui.settlement.collections.operations.settle_debt import settle_debt

KIND = "write_off"


def request_write_off(
    *, party_id: int, statement_id: int, amount_minor: int, reason: str, at: datetime, maker: str,
    evidence: str = "",
) -> WriteOff:  # fmt: skip
    """This function will make a write-off of a debt and request its approval, in the caller's transaction; until
    it is decided the amount waits and nothing else settles it.

    Raises UnknownDebt, CollectionIncomplete, AboveDebt.
    """
    debt = lock_debt(party_id, statement_id)
    amount = require_integer(amount_minor, "The write-off")
    if amount <= 0 or not reason.strip():
        raise CollectionIncomplete("an amount above zero and a reason are needed")
    free = debt.open_minor - debt.pledged_minor
    if amount > free:
        raise AboveDebt(
            f"{Money(free, debt.currency)} is open of this debt; {Money(amount, debt.currency)} is more",
            open_minor=free,
        )
    row = WriteOff.objects.create(
        party_id=party_id, statement_id=statement_id, amount_minor=amount, currency=debt.currency,
        reason=reason.strip(), evidence=evidence.strip(), made_at=at, made_by=maker,
    )  # fmt: skip
    debt.pledged_minor += amount
    debt.save(update_fields=["pledged_minor"])
    party = Party.objects.get(id=party_id).code
    content = {
        "number": row.number, "party": party, "statement_id": statement_id, "amount_minor": amount,
        "currency": debt.currency, "reason": row.reason, "evidence": row.evidence,
    }  # fmt: skip
    approval = request_approval(
        kind=KIND, subject=row.number, title=f"{row.number} {party}", party_id=party_id, amount_minor=amount,
        currency=debt.currency, payload=content, maker=maker, at=at,
    )  # fmt: skip
    row.approval_id = approval.id
    row.save(update_fields=["approval_id"])
    record_change(
        at=at, actor=maker, action="write_off.requested", object_kind="write_off", object_id=row.number,
        party_id=party_id, after=content,
    )  # fmt: skip
    return row


def close_write_off(*, write_off_id: int, state: str, at: datetime, zone: tzinfo, actor: str) -> WriteOff:
    """This function will end a write-off, in the caller's transaction: approved, the debt is a loss of ours.

    Raises CollectionDocumentNotPending.
    """
    row = WriteOff.objects.get(id=write_off_id)
    debt = lock_debt(row.party_id, row.statement_id)
    row.refresh_from_db(fields=["state"])
    if not allowed(row.state, state):
        raise CollectionDocumentNotPending(
            f"{row.number} is {row.state}; nothing is left to do", state=row.state
        )
    row.state, row.ended_at = DocumentState(state), at
    row.save(update_fields=["state", "ended_at"])
    debt.pledged_minor -= row.amount_minor
    debt.save(update_fields=["pledged_minor"])
    if state == DocumentState.APPROVED:
        settle_debt(
            debt=debt, by=SettledBy.WRITE_OFF, amount_minor=row.amount_minor, document_id=row.id, at=at,
            actor=actor,
        )  # fmt: skip
        post_entry(
            book_id=row.party_id, source=EntrySource.WRITE_OFF, key_a=row.id, key_b=0,
            legs=[(AccountKey(debt.entity_id, WRITE_OFFS, 0, 0, debt.currency), row.amount_minor),
                  (AccountKey(debt.entity_id, RECEIVABLE, row.party_id, row.statement_id, debt.currency),
                   -row.amount_minor)],
            booked_date=at.astimezone(zone).date(), occurred_at=at, at=at,
        )  # fmt: skip
    record_change(
        at=at, actor=actor, action=f"write_off.{state}", object_kind="write_off", object_id=row.number,
        party_id=row.party_id, before={"state": "pending"},
        after={"state": state, "amount_minor": row.amount_minor},
    )  # fmt: skip
    return row
