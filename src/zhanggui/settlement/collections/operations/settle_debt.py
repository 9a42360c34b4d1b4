"""A debt gets smaller, or larger again when a claim is reversed; its statement follows."""

from datetime import datetime

from zhanggui.money import Money
from zhanggui.settlement.collections.errors import AboveDebt
from zhanggui.settlement.collections.models import Debt, DebtSettlement, SettledBy
from zhanggui.settlement.collections.operations.start_collecting import step_statement
from zhanggui.settlement.statements.models import Statement, StatementState

WORDS = {
    SettledBy.SET_OFF.value: "set off against goods money",
    SettledBy.DEPOSIT.value: "settled from the deposit",
    SettledBy.RECEIPT.value: "settled by a bank receipt",
    SettledBy.WRITE_OFF.value: "written off",
}


def settle_debt(
    *, debt: Debt, by: str, amount_minor: int, document_id: int, at: datetime, actor: str
) -> DebtSettlement:
    """This function will note that a locked debt was settled by `amount_minor` (negative: that it is owed again),
    in the caller's transaction, which has posted the entry. Raises AboveDebt."""
    free = debt.open_minor - debt.pledged_minor
    if amount_minor > free:
        raise AboveDebt(
            f"{Money(free, debt.currency)} is open of this debt; {Money(amount_minor, debt.currency)} is more",
            open_minor=free,
        )
    row = DebtSettlement.objects.create(
        party_id=debt.party_id, statement_id=debt.statement_id, by=by, amount_minor=amount_minor,
        document_id=document_id, at=at, actor=actor,
    )  # fmt: skip
    debt.open_minor -= amount_minor
    debt.settled_at = None if debt.open_minor else at
    debt.save()
    _follow(debt, by, at, actor)
    return row


def _follow(debt: Debt, by: str, at: datetime, actor: str) -> None:
    statement = Statement.objects.select_for_update().get(party_id=debt.party_id, id=debt.statement_id)
    if debt.open_minor and statement.state != StatementState.COLLECTING:
        step_statement(
            statement, StatementState.COLLECTING, at=at, actor=actor, reason="a receipt was withdrawn"
        )
    elif not debt.open_minor and statement.state == StatementState.COLLECTING:
        after = StatementState.WRITTEN_OFF if by == SettledBy.WRITE_OFF else StatementState.COLLECTED
        step_statement(statement, after, at=at, actor=actor, reason=WORDS[by])
