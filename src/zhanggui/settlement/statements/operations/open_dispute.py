"""Dispute one detail of a closed statement: it moves to the next one, the rest proceeds."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.ledger.sources import EntrySource
from zhanggui.settlement.details.queries import DetailKey, detail
from zhanggui.settlement.statements.errors import (
    AlreadyDisputed,
    DetailNotOnStatement,
    StatementNotConfirming,
    UnknownStatement,
)
from zhanggui.settlement.statements.models import Dispute, Statement, StatementState
from zhanggui.settlement.statements.moves import MOVED_KINDS, Move
from zhanggui.settlement.statements.operations.move_amounts import move_amounts


def open_dispute(*, key: DetailKey, fee_type_id: int, reason: str, at: datetime, actor: str) -> Dispute:
    """This function will open a dispute over the detail `key` in the caller's transaction, which holds
    `locks.hold_for_closing`. `fee_type_id` is the catalogue's type for moved disputed amounts.

    The statement's figures stay; the detail's amount moves to the party's next open statement, so what can
    be confirmed now is the rest. Raises UnknownDetail, DetailNotOnStatement, StatementNotConfirming,
    AlreadyDisputed.
    """
    found = detail(key)
    statement = (
        Statement.objects.select_for_update().filter(party_id=key.party_id, id=found["statement_id"]).first()
    )
    if statement is None:
        raise UnknownStatement(f"detail {key} is on no statement")
    if found["kind"] in MOVED_KINDS:
        raise DetailNotOnStatement(f"detail {key} was moved here; dispute the original it came from")
    if statement.state != StatementState.CONFIRMING:
        raise StatementNotConfirming(
            f"statement {statement.number} is {statement.state}; a detail can be disputed after closing and"
            " before confirmation",
            number=statement.number, state=statement.state,
        )  # fmt: skip
    same = {"party_id": key.party_id, "line_id": key.line_id, "event_id": key.event_id,
            "position": key.position}  # fmt: skip
    if Dispute.objects.filter(**same).exists():
        raise AlreadyDisputed(f"detail {key} is disputed already")
    dispute = Dispute.objects.create(
        **same, statement_id=statement.id, moved_to_statement_id=0, fee_type_id=found["fee_type_id"],
        amount_minor=found["amount"], currency=statement.currency, reason=reason, opened_at=at, opened_by=actor,
    )  # fmt: skip
    move = Move(party_id=key.party_id, statement_id=statement.id, amount=found["amount"],
                source=EntrySource.DISPUTE, key_b=dispute.id, fee_type_id=fee_type_id)  # fmt: skip
    [dispute.moved_to_statement_id] = move_amounts(moves=[move], at=at)
    dispute.save(update_fields=["moved_to_statement_id"])
    Statement.objects.filter(party_id=key.party_id, id=statement.id).update(
        open_disputes=statement.open_disputes + 1
    )
    record_change(
        at=at, actor=actor, action="dispute.opened", object_kind="detail", object_id=str(key),
        party_id=key.party_id, after={"amount_minor": found["amount"], "reason": reason},
    )  # fmt: skip
    return dispute
