"""Step a statement to another station of its life, by the table in `states.py`."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.statements.errors import StatementStepRefused
from zhanggui.settlement.statements.models import Statement, StatementEvent, StatementState
from zhanggui.settlement.statements.states import allowed


def step_statement(
    *, row: Statement, after: StatementState, at: datetime, actor: str, reason: str = ""
) -> None:
    """This function will step a statement, in the caller's transaction, which holds its row; being there already does
    nothing. Raises StatementStepRefused for a step that the table does not have."""
    if row.state == after:
        return
    if not allowed(row.state, after):
        raise StatementStepRefused(
            f"statement {row.number} is {row.state} and cannot become {after}",
            number=row.number,
            state=row.state,
        )
    before, row.state = row.state, after
    Statement.objects.filter(party_id=row.party_id, id=row.id).update(state=after)
    StatementEvent.objects.create(
        party_id=row.party_id,
        statement_id=row.id,
        at=at,
        actor=actor,
        before=before,
        after=after,
        reason=reason,
    )
    record_change(
        at=at, actor=actor, action=f"statement.{after}", object_kind="statement", object_id=row.number,
        party_id=row.party_id, before={"state": before}, after={"state": str(after), "reason": reason},
    )  # fmt: skip
