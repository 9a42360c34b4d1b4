"""A statement is confirmed, by its merchant, by staff, or by silence."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from django.db import transaction

from zhanggui.ledger.sources import EntrySource
from zhanggui.money.errors import Refusal
from zhanggui.settlement.collections.operations.set_off_debts import set_off_debts
from zhanggui.settlement.collections.operations.start_collecting import start_collecting, step_statement
from zhanggui.settlement.collections.queries import debt_action
from zhanggui.settlement.collections.rules import COLLECT
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.guarantees.operations.reserve_share import cover_frozen, reserve_share
from zhanggui.settlement.guarantees.queries import held_of
from zhanggui.settlement.statements.locks import hold_for_closing
from zhanggui.settlement.statements.models import Statement, StatementState
from zhanggui.settlement.statements.moves import Move
from zhanggui.settlement.statements.operations.confirm_statement import confirm_statement
from zhanggui.settlement.statements.operations.mark_carried import mark_carried
from zhanggui.settlement.statements.operations.move_amounts import move_amounts


@transaction.atomic
def statement_confirmed(
    *, party_id: int, statement_id: int, at: datetime, zone: tzinfo, actor: str, reason: str = ""
) -> Statement:
    """This function will confirm one statement and return it.

    Where the details that were disputed leave less than nothing, the rest is carried on, or collected,
    instead. Of what is confirmed, older debts are set off, then the reserve is taken, then what is frozen;
    the rest is payable. Raises UnknownStatement, StatementNotConfirming.
    """
    hold_for_closing()
    row = Statement.objects.filter(party_id=party_id, id=statement_id).first()
    rest = row.net_minor - row.carried_minor if row else 0
    if row and row.state == StatementState.CONFIRMING and rest < 0:
        if debt_action(row, at.astimezone(zone).date()) == COLLECT:
            start_collecting(statement=row, at=at, zone=zone, actor=actor, reason=reason)
            return row
        fee = catalogue().by_code["balance_carried"]
        move_amounts(moves=[Move(party_id, statement_id, rest, EntrySource.CARRY, 0, fee.id)], at=at)
        mark_carried(statements=[row], at=at, actor=actor)
        row.refresh_from_db()
        return row
    confirmed = confirm_statement(
        party_id=party_id, statement_id=statement_id, at=at, booked_date=at.astimezone(zone).date(),
        actor=actor, reason=reason,
    )  # fmt: skip
    _set_aside(confirmed, at, zone, actor)
    return confirmed


def _set_aside(row: Statement, at: datetime, zone: tzinfo, actor: str) -> None:
    """What of the confirmed net is not to be paid: debts first, then the reserve, then frozen amounts."""
    if row.payable_minor <= 0:
        return
    set_off = set_off_debts(statement=row, at=at, zone=zone, actor=actor)
    reserved = reserve_share(statement=row, at=at, zone=zone, actor=actor)
    cover_frozen(statement=row, at=at, zone=zone, actor=actor)
    if set_off and not reserved and not row.payable_minor and not held_of(row.party_id, row.id):
        step_statement(
            row, StatementState.ZERO, at=at, actor=actor, reason="everything was set off against debts"
        )


@dataclass
class ConfirmedMany:
    """What a bulk confirmation came to; `failed` names each statement that was refused and why."""

    confirmed: int = 0
    amount_minor: dict[str, int] = field(default_factory=dict)
    failed: list[tuple[str, str]] = field(default_factory=list)


def statements_confirmed(
    *, keys: list[tuple[int, int]], clock: Callable[[], datetime], zone: tzinfo, actor: str, reason: str = "",
    progress: Callable[[int], None] = lambda count: None,
) -> ConfirmedMany:  # fmt: skip
    """This function will confirm statements (party, id) one by one; one refused does not stop the others."""
    result = ConfirmedMany()
    for place, (party_id, statement_id) in enumerate(keys):
        try:
            row = statement_confirmed(
                party_id=party_id, statement_id=statement_id, at=clock(), zone=zone, actor=actor,
                reason=reason,
            )  # fmt: skip
        except Refusal as refusal:
            result.failed.append((str(refusal.details.get("number", statement_id)), refusal.message))
            continue
        result.confirmed += 1
        amount = row.net_minor - row.carried_minor
        result.amount_minor[row.currency] = result.amount_minor.get(row.currency, 0) + amount
        progress(place + 1)
    return result


def silence_confirmed(
    *, today: date, clock: Callable[[], datetime], zone: tzinfo, limit: int = 100_000
) -> ConfirmedMany:
    """This function will confirm every closed statement whose time to object is over and that has no open
    dispute (自动确认)."""
    keys = list(
        Statement.objects.filter(
            state=StatementState.CONFIRMING, auto_confirm_on__lte=today, open_disputes=0
        ).order_by("id").values_list("party_id", "id")[:limit]
    )  # fmt: skip
    return statements_confirmed(
        keys=keys, clock=clock, zone=zone, actor="auto-confirm", reason="no objection in time"
    )
