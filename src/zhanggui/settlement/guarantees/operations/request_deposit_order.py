"""Ask to take from a deposit, or to give it back; another person approves it."""

from datetime import datetime

from zhanggui.approvals.operations.request_approval import request_approval
from zhanggui.audit.operations.record_change import record_change
from zhanggui.money import Money
from zhanggui.money.integers import require_integer
from zhanggui.parties.models import Party
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.guarantees.errors import DepositTooSmall, GuaranteeIncomplete
from zhanggui.settlement.guarantees.locks import lock_deposit_by_id
from zhanggui.settlement.guarantees.models import Deposit, DepositOrder, DepositUse

KIND = "deposit_deduction"


def request_deposit_order(
    *, deposit_id: int, use: str, amount_minor: int, reason: str, at: datetime, maker: str, evidence: str = "",
    statement_id: int = 0, own_account: OwnAccount | None = None,
) -> DepositOrder:  # fmt: skip
    """This function will make a document over a deposit and request its approval, in the caller's transaction.

    The amount is pledged at once, so that two documents never ask for the same money. `use` says what
    becomes of it; BANK needs the account of ours that pays. Raises UnknownGuarantee, GuaranteeIncomplete,
    DepositTooSmall.
    """
    deposit = lock_deposit_by_id(deposit_id)
    amount = require_integer(amount_minor, "The amount")
    if amount <= 0 or use not in DepositUse.values:
        raise GuaranteeIncomplete("a document over a deposit needs an amount above zero and a known use")
    if not reason.strip():
        raise GuaranteeIncomplete("say why: the merchant and the auditor read the reason")
    if use == DepositUse.BANK:
        _refuse_other_account(deposit, own_account)
    if amount > deposit.free_minor:
        raise DepositTooSmall(
            f"the deposit has {Money(deposit.free_minor, deposit.currency)} free;"
            f" {Money(amount, deposit.currency)} cannot be taken from it",
            free_minor=deposit.free_minor,
        )
    row = DepositOrder.objects.create(
        deposit=deposit, party_id=deposit.party_id, use=use, amount_minor=amount, statement_id=statement_id,
        own_account=own_account if use == DepositUse.BANK else None, reason=reason.strip(),
        evidence=evidence.strip(), made_at=at, made_by=maker,
    )  # fmt: skip
    deposit.pledged_minor += amount
    deposit.save(update_fields=["pledged_minor"])
    _put_up(row, deposit)
    return row


def _refuse_other_account(deposit: Deposit, account: OwnAccount | None) -> None:
    if account is None or (account.entity_id, account.currency) != (deposit.entity_id, deposit.currency):
        raise GuaranteeIncomplete(
            "name an account of ours, of the deposit's entity and currency, that pays the refund"
        )


def _put_up(row: DepositOrder, deposit: Deposit) -> None:
    party = Party.objects.get(id=row.party_id).code
    content = {
        "number": row.number, "party": party, "use": row.use, "amount_minor": row.amount_minor,
        "currency": deposit.currency, "statement_id": row.statement_id, "reason": row.reason,
        "own_account": row.own_account.code if row.own_account else None, "evidence": row.evidence,
    }  # fmt: skip
    approval = request_approval(
        kind=KIND, subject=row.number, title=f"{row.number} {party} {row.use}", party_id=row.party_id,
        amount_minor=row.amount_minor, currency=deposit.currency, payload=content, maker=row.made_by,
        at=row.made_at,
    )  # fmt: skip
    row.approval_id = approval.id
    row.save(update_fields=["approval_id"])
    record_change(
        at=row.made_at, actor=row.made_by, action="deposit_order.requested", object_kind="deposit_order",
        object_id=row.number, party_id=row.party_id, after=content,
    )  # fmt: skip
