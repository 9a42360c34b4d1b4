"""Confirm a closed statement: what it nets to becomes available for payout."""

from datetime import date, datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.ledger.chart import BILLED, CONFIRMED
from zhanggui.ledger.operations.open_accounts import AccountKey
from zhanggui.ledger.operations.post_entry import post_entry
from zhanggui.ledger.sources import EntrySource
from zhanggui.settlement.statements.errors import StatementNotConfirming, UnknownStatement
from zhanggui.settlement.statements.models import Statement, StatementEvent, StatementState
from zhanggui.settlement.statements.states import allowed


def confirm_statement(
    *, party_id: int, statement_id: int, at: datetime, booked_date: date, actor: str, reason: str = ""
) -> Statement:
    """This function will confirm one statement in the caller's transaction and return it.

    The net less what moved on (disputed details) goes from the statement's billed account to its confirmed
    one. Raises UnknownStatement, and StatementNotConfirming unless it is closed and waits for confirmation.
    """
    row = Statement.objects.select_for_update().filter(party_id=party_id, id=statement_id).first()
    if row is None:
        raise UnknownStatement(f"there is no statement {statement_id} of party {party_id}")
    if not allowed(row.state, StatementState.CONFIRMED):
        raise StatementNotConfirming(
            f"statement {row.number} is {row.state}; only a closed statement that waits for confirmation"
            " can be confirmed",
            number=row.number, state=row.state,
        )  # fmt: skip
    amount = row.net_minor - row.carried_minor
    if amount:
        own = (row.party_id, row.id, row.currency)
        post_entry(
            book_id=row.party_id, source=EntrySource.CONFIRMATION, key_a=row.id, key_b=0,
            legs=[(AccountKey(row.entity_id, BILLED, *own), amount),
                  (AccountKey(row.entity_id, CONFIRMED, *own), -amount)],
            booked_date=booked_date, occurred_at=at, at=at,
        )  # fmt: skip
    Statement.objects.filter(party_id=party_id, id=statement_id).update(
        state=StatementState.CONFIRMED, confirmed_at=at, confirmed_by=actor
    )
    StatementEvent.objects.create(
        party_id=row.party_id, statement_id=row.id, at=at, actor=actor, before=row.state,
        after=StatementState.CONFIRMED, reason=reason,
    )  # fmt: skip
    record_change(
        at=at, actor=actor, action="statement.confirmed", object_kind="statement", object_id=row.number,
        party_id=row.party_id, before={"state": row.state},
        after={"state": "confirmed", "amount_minor": amount, "currency": row.currency, "reason": reason},
    )  # fmt: skip
    row.refresh_from_db()
    return row
