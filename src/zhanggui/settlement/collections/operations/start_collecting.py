"""A negative statement is collected: its debt leaves 2202.02 and becomes a receivable of ours."""

from datetime import datetime, timedelta, tzinfo

from zhanggui.audit.operations.record_change import record_change
from zhanggui.ledger.chart import BILLED, RECEIVABLE
from zhanggui.ledger.operations.open_accounts import AccountKey
from zhanggui.ledger.operations.post_entry import post_entry
from zhanggui.ledger.sources import EntrySource
from zhanggui.settlement.collections.models import Debt
from zhanggui.settlement.collections.queries import policy_for
from zhanggui.settlement.statements.errors import StatementNotConfirming
from zhanggui.settlement.statements.models import Statement, StatementEvent, StatementState
from zhanggui.settlement.statements.states import allowed

DUE_DAYS = 15


def start_collecting(*, statement: Statement, at: datetime, zone: tzinfo, actor: str, reason: str) -> Debt:
    """This function will turn what a closed statement is below zero into a debt, in the caller's transaction,
    which holds `locks.hold_for_closing`, and return it. Raises StatementNotConfirming."""
    if not allowed(statement.state, StatementState.COLLECTING):
        raise StatementNotConfirming(
            f"statement {statement.number} is {statement.state}; it cannot be collected",
            number=statement.number, state=statement.state,
        )  # fmt: skip
    owed = statement.carried_minor - statement.net_minor
    if owed <= 0:
        raise StatementNotConfirming(
            f"statement {statement.number} owes nothing; confirm it",
            number=statement.number, state=statement.state,
        )  # fmt: skip
    own = (statement.party_id, statement.id, statement.currency)
    post_entry(
        book_id=statement.party_id, source=EntrySource.DEBT, key_a=statement.id, key_b=0,
        legs=[(AccountKey(statement.entity_id, RECEIVABLE, *own), owed),
              (AccountKey(statement.entity_id, BILLED, *own), -owed)],
        booked_date=at.astimezone(zone).date(), occurred_at=at, at=at,
    )  # fmt: skip
    today = at.astimezone(zone).date()
    policy = policy_for(statement.party_id, statement.entity_id, today)
    debt = Debt.objects.create(
        party_id=statement.party_id, statement_id=statement.id, entity_id=statement.entity_id,
        currency=statement.currency, amount_minor=owed, open_minor=owed,
        due_on=today + timedelta(days=policy.due_days if policy else DUE_DAYS), opened_at=at, opened_by=actor,
    )  # fmt: skip
    step_statement(statement, StatementState.COLLECTING, at=at, actor=actor, reason=reason)
    record_change(
        at=at, actor=actor, action="debt.opened", object_kind="debt", object_id=statement.number,
        party_id=statement.party_id, after={"amount_minor": owed, "due_on": debt.due_on.isoformat()},
    )  # fmt: skip
    return debt


def step_statement(
    statement: Statement, after: StatementState, *, at: datetime, actor: str, reason: str
) -> None:
    """This function will step a locked statement and note it in its history."""
    StatementEvent.objects.create(
        party_id=statement.party_id, statement_id=statement.id, at=at, actor=actor, before=statement.state,
        after=after, reason=reason,
    )  # fmt: skip
    Statement.objects.filter(party_id=statement.party_id, id=statement.id).update(state=after)
    statement.state = after
