"""Mark closed statements whose debt has moved on to the next period."""

from collections.abc import Sequence
from datetime import datetime

from zhanggui.settlement.statements.models import Statement, StatementEvent, StatementState


def mark_carried(*, statements: Sequence[Statement], at: datetime, actor: str) -> None:
    """This function will step these statements from confirming to carried, in the caller's transaction."""
    Statement.objects.filter(
        party_id__in={row.party_id for row in statements}, id__in=[row.id for row in statements]
    ).update(state=StatementState.CARRIED)
    StatementEvent.objects.bulk_create(
        StatementEvent(
            party_id=row.party_id, statement_id=row.id, at=at, actor=actor, before=StatementState.CONFIRMING,
            after=StatementState.CARRIED, reason="negative balance carried to the next period",
        )
        for row in statements
    )  # fmt: skip
