"""A deposit is demanded, topped up, deducted from, given back."""

from collections.abc import Callable
from datetime import date, datetime, tzinfo

from django.db import transaction

from zhanggui.approvals.models import Approval
from zhanggui.approvals.rules import Moment
from zhanggui.settlement.adjustments.models import DocumentState
from zhanggui.settlement.collections.locks import lock_debt
from zhanggui.settlement.collections.operations.settle_from_deposit import settle_from_deposit
from zhanggui.settlement.entities.models import BusinessLine, OwnAccount
from zhanggui.settlement.guarantees.locks import lock_deposit_by_id
from zhanggui.settlement.guarantees.models import (
    Deposit,
    DepositMovement,
    DepositOrder,
    DepositRequirement,
    DepositUse,
)
from zhanggui.settlement.guarantees.operations.close_deposit_order import (
    close_deposit_order,
    pay_deposit_order,
)
from zhanggui.settlement.guarantees.operations.demand_deposits import demand_deposits
from zhanggui.settlement.guarantees.operations.request_deposit_order import request_deposit_order
from zhanggui.settlement.guarantees.operations.set_requirement import set_requirement
from zhanggui.settlement.guarantees.operations.top_up_from_statement import top_up_from_statement
from zhanggui.settlement.statements.locks import hold_for_filling


@transaction.atomic
def requirement_set(
    *, business_line: BusinessLine, category_id: int, amount_minor: int, effective_from: date, at: datetime,
    actor: str, party_id: int = 0, rule: str = "largest",
) -> DepositRequirement:  # fmt: skip
    """This function will set how much must be deposited. Raises GuaranteeIncomplete."""
    return set_requirement(
        business_line=business_line, category_id=category_id, amount_minor=amount_minor,
        effective_from=effective_from, at=at, actor=actor, party_id=party_id, rule=rule,
    )  # fmt: skip


def deposits_demanded(*, clock: Callable[[], datetime], zone: tzinfo, actor: str) -> list[Deposit]:
    """This function will work out what every party must have deposited and ask those that are short."""
    demanded: list[Deposit] = []
    for line in BusinessLine.objects.order_by("id"):
        at = clock()
        with transaction.atomic():
            demanded += demand_deposits(
                business_line=line, today=at.astimezone(zone).date(), at=at, actor=actor
            )
    return demanded


@transaction.atomic
def deposit_topped_up(
    *, party_id: int, entity_id: int, currency: str, amount_minor: int, reason: str, at: datetime, zone: tzinfo,
    actor: str,
) -> DepositMovement:  # fmt: skip
    """This function will pay a deposit in from the open statement. Raises GuaranteeIncomplete, NoStatementYet."""
    hold_for_filling()
    return top_up_from_statement(
        party_id=party_id, entity_id=entity_id, currency=currency, amount_minor=amount_minor, reason=reason,
        at=at, zone=zone, actor=actor,
    )  # fmt: skip


@transaction.atomic
def deposit_order_requested(
    *, deposit_id: int, use: str, amount_minor: int, reason: str, at: datetime, maker: str, evidence: str = "",
    own_account: OwnAccount | None = None,
) -> DepositOrder:  # fmt: skip
    """This function will ask to deduct from a deposit or to give it back. Raises UnknownGuarantee,
    GuaranteeIncomplete, DepositTooSmall."""
    return request_deposit_order(
        deposit_id=deposit_id, use=use, amount_minor=amount_minor, reason=reason, evidence=evidence, at=at,
        maker=maker, own_account=own_account,
    )  # fmt: skip


def hold_deposit(approval: Approval) -> None:
    """This function will lock what a document over a deposit moves, in the order of locks."""
    hold_for_filling()
    row = DepositOrder.objects.get(id=int(approval.subject[2:]))
    if row.use == DepositUse.DEBT:
        lock_debt(row.party_id, row.statement_id)
    lock_deposit_by_id(row.deposit_id)


def deposit_order_approved(approval: Approval, moment: Moment) -> DepositOrder:
    """This function will carry out an approved document over a deposit."""
    row, deposit = close_deposit_order(
        order_id=int(approval.subject[2:]), state=DocumentState.APPROVED, at=moment.at, actor=moment.actor
    )
    if row.use == DepositUse.DEBT:
        settle_from_deposit(
            party_id=row.party_id, statement_id=row.statement_id, amount_minor=row.amount_minor, at=moment.at,
            zone=moment.zone, actor=moment.actor, reason=row.reason,
        )  # fmt: skip
    else:
        pay_deposit_order(row=row, deposit=deposit, at=moment.at, zone=moment.zone, actor=moment.actor)
    return row


def deposit_order_ended(approval: Approval, moment: Moment) -> DepositOrder:
    """This function will end a document over a deposit that was not approved."""
    row, _ = close_deposit_order(
        order_id=int(approval.subject[2:]), state=approval.state, at=moment.at, actor=moment.actor
    )
    return row
