"""A document over a deposit is decided: carried out when approved, its pledge given back otherwise."""

from datetime import datetime, tzinfo
from typing import Any

from zhanggui.audit.operations.record_change import record_change
from zhanggui.ledger.chart import PENALTIES, REFUNDS_PAYABLE, TO_GIVE_BACK
from zhanggui.ledger.operations.open_accounts import AccountKey
from zhanggui.settlement.adjustments.models import DocumentState
from zhanggui.settlement.adjustments.states import allowed
from zhanggui.settlement.guarantees.errors import DepositOrderNotPending
from zhanggui.settlement.guarantees.locks import lock_deposit_by_id
from zhanggui.settlement.guarantees.models import Deposit, DepositKind, DepositOrder, DepositUse
from zhanggui.settlement.guarantees.operations.move_deposit import move_deposit
from zhanggui.settlement.guarantees.operations.top_up_from_statement import bill_movement, statement_like


def close_deposit_order(
    *, order_id: int, state: str, at: datetime, actor: str
) -> tuple[DepositOrder, Deposit]:
    """This function will end a document over a deposit as approved, rejected, withdrawn or expired, in the
    caller's transaction; its pledge is free again, and the deposit is locked for what follows.

    Raises DepositOrderNotPending.
    """
    row = DepositOrder.objects.select_related("own_account").get(id=order_id)
    deposit = lock_deposit_by_id(row.deposit_id)
    row.refresh_from_db(fields=["state"])
    if not allowed(row.state, state):
        raise DepositOrderNotPending(f"{row.number} is {row.state}; nothing is left to do", state=row.state)
    row.state, row.ended_at = DocumentState(state), at
    row.by_payout = state == DocumentState.APPROVED and row.use == DepositUse.BANK
    row.save(update_fields=["state", "ended_at", "by_payout"])
    deposit.pledged_minor -= row.amount_minor
    deposit.save(update_fields=["pledged_minor"])
    record_change(
        at=at, actor=actor, action=f"deposit_order.{state}", object_kind="deposit_order", object_id=row.number,
        party_id=row.party_id, before={"state": "pending"},
        after={"state": state, "amount_minor": row.amount_minor},
    )  # fmt: skip
    return row, deposit


def pay_deposit_order(*, row: DepositOrder, deposit: Deposit, at: datetime, zone: tzinfo, actor: str) -> None:
    """This function will move the money of an approved document (all uses but DEBT, which settles a debt), in
    the caller's transaction, which holds `locks.hold_for_filling`. What a bank gives back waits on an account of
    its own until a payout takes it. Raises DepositTooSmall, NoStatementYet."""
    shared: dict[str, Any] = {
        "at": at,
        "zone": zone,
        "actor": actor,
        "reason": row.reason,
        "document_id": row.id,
    }
    if row.use == DepositUse.STATEMENT:
        like = statement_like(row.party_id, deposit.entity_id, deposit.currency)
        bill_movement(
            deposit=deposit, like=like, kind=DepositKind.REFUND, amount_minor=-row.amount_minor,
            fee="deposit_refund", **shared,
        )  # fmt: skip
        return
    purpose, owner, reference = {
        DepositUse.PENALTY.value: (PENALTIES, 0, 0),
        DepositUse.BUYERS.value: (REFUNDS_PAYABLE, 0, 0),
        DepositUse.BANK.value: (TO_GIVE_BACK, row.party_id, row.id),
    }[row.use]
    kind = DepositKind.REFUND if row.use == DepositUse.BANK else DepositKind.DEDUCTION
    counter = AccountKey(deposit.entity_id, purpose, owner, reference, deposit.currency)
    move_deposit(deposit=deposit, kind=kind, amount_minor=-row.amount_minor, counter=counter, **shared)
