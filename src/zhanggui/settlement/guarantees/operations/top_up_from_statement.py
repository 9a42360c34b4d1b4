"""Pay a deposit in from what the party's open statement comes to."""

from datetime import datetime, tzinfo

from django.db import connection

from zhanggui.audit.operations.record_change import record_change
from zhanggui.ledger.sources import EntrySource
from zhanggui.money.integers import require_integer
from zhanggui.rows.transfer import reserve_numbers
from zhanggui.settlement.billing.operations.bill_document import bill_document
from zhanggui.settlement.guarantees.errors import GuaranteeIncomplete, NoStatementYet
from zhanggui.settlement.guarantees.locks import lock_deposit
from zhanggui.settlement.guarantees.models import Deposit, DepositKind, DepositMovement
from zhanggui.settlement.guarantees.operations.move_deposit import move_deposit
from zhanggui.settlement.statements.models import Statement
from zhanggui.settlement.statements.queries import latest_statement


def top_up_from_statement(
    *, party_id: int, entity_id: int, currency: str, amount_minor: int, reason: str, at: datetime, zone: tzinfo,
    actor: str,
) -> DepositMovement:  # fmt: skip
    """This function will move `amount_minor` from the party's open statement to its deposit, as a detail on that
    statement, in the caller's transaction, which holds `locks.hold_for_filling`.

    Raises GuaranteeIncomplete, NoStatementYet, FloatRefused, NotAnInteger.
    """
    if require_integer(amount_minor, "The top-up") <= 0:
        raise GuaranteeIncomplete("a top-up is an amount above zero")
    like = statement_like(party_id, entity_id, currency)
    deposit = lock_deposit(party_id=party_id, entity_id=entity_id, currency=currency)
    movement = bill_movement(
        deposit=deposit, like=like, kind=DepositKind.STATEMENT, amount_minor=amount_minor,
        fee="deposit_pay_in", document_id=0, at=at, zone=zone, actor=actor, reason=reason,
    )  # fmt: skip
    record_change(
        at=at, actor=actor, action="deposit.topped_up", object_kind="deposit", object_id=str(deposit.id),
        party_id=party_id, after={"amount_minor": amount_minor, "from": "statement", "reason": reason},
    )  # fmt: skip
    return movement


def statement_like(party_id: int, entity_id: int, currency: str) -> Statement:
    """This function will return the statement whose series carries documents of the party's at the entity.

    Raises NoStatementYet.
    """
    found = latest_statement(party_id, entity_id, currency)
    if found is None:
        raise NoStatementYet(
            "the party has no statement here yet on which this could appear; use the bank instead"
        )
    return found


def bill_movement(
    *, deposit: Deposit, like: Statement, kind: str, amount_minor: int, fee: str, document_id: int, at: datetime,
    zone: tzinfo, actor: str, reason: str,
) -> DepositMovement:  # fmt: skip
    """This function will move a locked deposit by a detail on the open statement: what is paid in is taken from
    the statement, what is given back goes onto it. Raises DepositTooSmall."""
    with connection.cursor() as cursor:
        number = int(reserve_numbers(cursor, "settlement_deposit_movement_id_seq", 1)[0])
    line_id = bill_document(
        like=like, fee=fee, amount=-amount_minor, kind=EntrySource.DEPOSIT, document_id=number,
        base=deposit.held_minor, at=at, zone=zone,
    )  # fmt: skip
    return move_deposit(
        deposit=deposit, kind=kind, amount_minor=amount_minor, counter=None, document_id=document_id, at=at,
        zone=zone, actor=actor, reason=reason, line_id=line_id, movement_id=number,
    )  # fmt: skip
