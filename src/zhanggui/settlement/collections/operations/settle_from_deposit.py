"""Settle a debt from the party's deposit."""

from datetime import datetime, tzinfo

from zhanggui.audit.operations.record_change import record_change
from zhanggui.ledger.chart import RECEIVABLE
from zhanggui.ledger.operations.open_accounts import AccountKey
from zhanggui.money import Money
from zhanggui.settlement.collections.errors import AboveDebt, CollectionIncomplete, UnknownDebt
from zhanggui.settlement.collections.locks import lock_debt
from zhanggui.settlement.collections.models import DebtSettlement, SettledBy
from zhanggui.settlement.collections.operations.settle_debt import settle_debt
from zhanggui.settlement.collections.queries import debt as find_debt
from zhanggui.settlement.collections.queries import policy_for
from zhanggui.settlement.guarantees.locks import lock_deposit
from zhanggui.settlement.guarantees.models import DepositKind, DepositOrder, DepositUse
from zhanggui.settlement.guarantees.operations.move_deposit import move_deposit
from zhanggui.settlement.guarantees.operations.request_deposit_order import request_deposit_order


def settle_from_deposit(
    *,
    party_id: int,
    statement_id: int,
    amount_minor: int,
    at: datetime,
    zone: tzinfo,
    actor: str,
    reason: str,
) -> DebtSettlement:
    """This function will move `amount_minor` from the party's deposit to a debt of its, in the caller's
    transaction: a document was approved, or the agreement says so. Raises UnknownDebt, AboveDebt,
    DepositTooSmall."""
    debt = lock_debt(party_id, statement_id)
    deposit = lock_deposit(party_id=party_id, entity_id=debt.entity_id, currency=debt.currency)
    movement = move_deposit(
        deposit=deposit, kind=DepositKind.DEBT, amount_minor=-amount_minor, document_id=statement_id, at=at,
        counter=AccountKey(debt.entity_id, RECEIVABLE, party_id, statement_id, debt.currency), zone=zone,
        actor=actor, reason=reason,
    )  # fmt: skip
    row = settle_debt(
        debt=debt,
        by=SettledBy.DEPOSIT,
        amount_minor=amount_minor,
        document_id=movement.id,
        at=at,
        actor=actor,
    )
    record_change(
        at=at, actor=actor, action="debt.settled_from_deposit", object_kind="debt", object_id=str(statement_id),
        party_id=party_id, after={"amount_minor": amount_minor, "reason": reason},
    )  # fmt: skip
    return row


def ask_the_deposit(
    *,
    party_id: int,
    statement_id: int,
    amount_minor: int,
    reason: str,
    at: datetime,
    zone: tzinfo,
    actor: str,
) -> DepositOrder | None:
    """This function will settle a debt from the deposit at once where the party's agreement allows it (and return
    None), and otherwise make the document that another person approves.

    Raises UnknownDebt, AboveDebt, CollectionIncomplete, DepositTooSmall.
    """
    row = find_debt(party_id, statement_id)
    if row is None:
        raise UnknownDebt(f"statement {statement_id} of party {party_id} is not being collected")
    if amount_minor <= 0 or not reason.strip():
        raise CollectionIncomplete("an amount above zero and a reason are needed")
    if amount_minor > row.open_minor - row.pledged_minor:
        raise AboveDebt(
            f"{Money(row.open_minor - row.pledged_minor, row.currency)} is open of this debt;"
            f" {Money(amount_minor, row.currency)} is more",
            open_minor=row.open_minor,
        )
    policy = policy_for(party_id, row.entity_id, at.astimezone(zone).date())
    if policy is not None and policy.deposit_agreed:
        settle_from_deposit(
            party_id=party_id, statement_id=statement_id, amount_minor=amount_minor, at=at, zone=zone,
            actor=actor, reason=reason,
        )  # fmt: skip
        return None
    deposit = lock_deposit(party_id=party_id, entity_id=row.entity_id, currency=row.currency)
    return request_deposit_order(
        deposit_id=deposit.id, use=DepositUse.DEBT, amount_minor=amount_minor, reason=reason, at=at, maker=actor,
        statement_id=statement_id,
    )  # fmt: skip
