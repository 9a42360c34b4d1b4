"""A debt is collected: dunned, settled from the deposit, given up."""

from collections.abc import Callable
from datetime import date, datetime, tzinfo

from django.db import transaction

from zhanggui.approvals.models import Approval
from zhanggui.approvals.rules import Moment
from zhanggui.settlement.adjustments.models import DocumentState
from zhanggui.settlement.collections.locks import lock_debt
from zhanggui.settlement.collections.models import CollectionPolicy, DunningNote, WriteOff
from zhanggui.settlement.collections.operations.dun_debts import dun_debts, note_dunning
from zhanggui.settlement.collections.operations.request_write_off import close_write_off, request_write_off
from zhanggui.settlement.collections.operations.set_collection_policy import set_collection_policy
from zhanggui.settlement.collections.operations.settle_from_deposit import ask_the_deposit
from zhanggui.settlement.entities.models import SettlementEntity
from zhanggui.settlement.guarantees.models import DepositOrder
from zhanggui.settlement.statements.locks import hold_for_filling


@transaction.atomic
def collection_policy_set(
    *, entity: SettlementEntity, action: str, effective_from: date, at: datetime, actor: str, party_id: int = 0,
    carry_max: int | None = None, while_selling: bool = False, due_days: int = 15, set_off: bool = True,
    deposit_agreed: bool = False,
) -> CollectionPolicy:  # fmt: skip
    """This function will set how debts are dealt with. Raises CollectionIncomplete."""
    return set_collection_policy(
        entity=entity, action=action, effective_from=effective_from, at=at, actor=actor, party_id=party_id,
        carry_max=carry_max, while_selling=while_selling, due_days=due_days, set_off=set_off,
        deposit_agreed=deposit_agreed,
    )  # fmt: skip


def debts_aged(*, clock: Callable[[], datetime], zone: tzinfo, actor: str) -> list[DunningNote]:
    """This function will raise the dunning level of debts that grew older."""
    at = clock()
    with transaction.atomic():
        return dun_debts(today=at.astimezone(zone).date(), at=at, actor=actor)


@transaction.atomic
def debt_noted(
    *, party_id: int, statement_id: int, note: str, at: datetime, actor: str, promised_on: date | None = None,
    promised_minor: int = 0,
) -> DunningNote:  # fmt: skip
    """This function will keep what was said about a debt. Raises UnknownDebt, CollectionIncomplete."""
    return note_dunning(
        party_id=party_id, statement_id=statement_id, note=note, at=at, actor=actor, promised_on=promised_on,
        promised_minor=promised_minor,
    )  # fmt: skip


@transaction.atomic
def deposit_asked(
    *,
    party_id: int,
    statement_id: int,
    amount_minor: int,
    reason: str,
    at: datetime,
    zone: tzinfo,
    actor: str,
) -> DepositOrder | None:
    """This function will settle a debt from the deposit where the agreement allows it, else ask for approval.

    Raises UnknownDebt, AboveDebt, CollectionIncomplete, DepositTooSmall.
    """
    hold_for_filling()
    return ask_the_deposit(
        party_id=party_id, statement_id=statement_id, amount_minor=amount_minor, reason=reason, at=at,
        zone=zone, actor=actor,
    )  # fmt: skip


@transaction.atomic
def write_off_requested(
    *, party_id: int, statement_id: int, amount_minor: int, reason: str, at: datetime, maker: str,
    evidence: str = "",
) -> WriteOff:  # fmt: skip
    """This function will ask to give up a debt. Raises UnknownDebt, CollectionIncomplete, AboveDebt."""
    return request_write_off(
        party_id=party_id, statement_id=statement_id, amount_minor=amount_minor, reason=reason,
        evidence=evidence, at=at, maker=maker,
    )  # fmt: skip


def hold_debt(approval: Approval) -> None:
    """This function will lock the debt that a write-off is about."""
    hold_for_filling()
    row = WriteOff.objects.get(id=int(approval.subject[2:]))
    lock_debt(row.party_id, row.statement_id)


def write_off_approved(approval: Approval, moment: Moment) -> WriteOff:
    """This function will carry out an approved write-off."""
    return close_write_off(
        write_off_id=int(approval.subject[2:]), state=DocumentState.APPROVED, at=moment.at, zone=moment.zone,
        actor=moment.actor,
    )  # fmt: skip


def write_off_ended(approval: Approval, moment: Moment) -> WriteOff:
    """This function will end a write-off that was not approved."""
    return close_write_off(
        write_off_id=int(approval.subject[2:]), state=approval.state, at=moment.at, zone=moment.zone,
        actor=moment.actor,
    )  # fmt: skip
