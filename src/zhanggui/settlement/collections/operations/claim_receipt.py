"""Claim part of a receipt for a debt or a deposit (认款)."""

from datetime import datetime, tzinfo

from zhanggui.audit.operations.record_change import record_change
from zhanggui.ledger.chart import RECEIVABLE
from zhanggui.ledger.operations.open_accounts import AccountKey
from zhanggui.ledger.operations.post_entry import post_entry
from zhanggui.ledger.sources import EntrySource
from zhanggui.money import Money
from zhanggui.money.integers import require_integer
from zhanggui.settlement.collections.errors import ClaimAboveReceipt, CollectionIncomplete, OtherBooks
from zhanggui.settlement.collections.locks import lock_debt, lock_receipt
from zhanggui.settlement.collections.models import Claim, ClaimTarget, Receipt, SettledBy
from zhanggui.settlement.collections.operations.record_receipt import unclaimed_account
from zhanggui.settlement.collections.operations.settle_debt import settle_debt
from zhanggui.settlement.guarantees.locks import lock_deposit
from zhanggui.settlement.guarantees.models import DepositKind
from zhanggui.settlement.guarantees.operations.move_deposit import deposit_account, move_deposit


def claim_receipt(
    *, receipt_id: int, party_id: int, target: str, amount_minor: int, at: datetime, zone: tzinfo, actor: str,
    statement_id: int = 0,
) -> Claim:  # fmt: skip
    """This function will claim `amount_minor` of a receipt for the debt of a statement, or for the party's
    deposit, in the caller's transaction, which holds `locks.hold_for_filling`, and return the claim.

    The receipt is locked first: of two people who claim at once the second sees what the first left. Raises
    UnknownReceipt, UnknownDebt, CollectionIncomplete, ClaimAboveReceipt, AboveDebt, OtherBooks.
    """
    receipt = lock_receipt(receipt_id)
    amount = require_integer(amount_minor, "The claim")
    if amount <= 0 or target not in ClaimTarget.values:
        raise CollectionIncomplete("a claim is an amount above zero, for a debt or a deposit")
    refuse_above_rest(receipt, amount)
    claim = Claim(
        receipt=receipt, party_id=party_id, target=target, statement_id=statement_id, amount_minor=amount,
        currency=receipt.currency, at=at, actor=actor,
    )  # fmt: skip
    claim.save(force_insert=True)
    settle_claim(claim, receipt, amount_minor=amount, at=at, zone=zone, actor=actor, key_b=0)
    receipt.claimed_minor += amount
    receipt.save(update_fields=["claimed_minor"])
    record_change(
        at=at, actor=actor, action="receipt.claimed", object_kind="receipt", object_id=receipt.number,
        party_id=party_id,
        after={"claim": claim.id, "target": target, "statement_id": statement_id, "amount_minor": amount},
    )  # fmt: skip
    return claim


def refuse_above_rest(receipt: Receipt, amount: int) -> None:
    """This function will refuse to use more of a locked receipt than is left. Raises ClaimAboveReceipt."""
    if amount > receipt.rest_minor:
        raise ClaimAboveReceipt(
            f"{Money(receipt.rest_minor, receipt.currency)} is left of {receipt.number};"
            f" {Money(amount, receipt.currency)} is more",
            rest_minor=receipt.rest_minor,
        )


def settle_claim(
    claim: Claim, receipt: Receipt, *, amount_minor: int, at: datetime, zone: tzinfo, actor: str, key_b: int
) -> None:
    """This function will move a claim's money to what it pays (negative: back), and post it."""
    if claim.target == ClaimTarget.DEBT:
        debt = lock_debt(claim.party_id, claim.statement_id)
        _refuse_other_books(receipt, debt.entity_id, debt.currency)
        settle_debt(
            debt=debt,
            by=SettledBy.RECEIPT,
            amount_minor=amount_minor,
            document_id=claim.id,
            at=at,
            actor=actor,
        )
        paid = AccountKey(debt.entity_id, RECEIVABLE, claim.party_id, claim.statement_id, debt.currency)
    else:
        deposit = lock_deposit(
            party_id=claim.party_id, entity_id=receipt.entity_id, currency=receipt.currency
        )
        move_deposit(
            deposit=deposit, kind=DepositKind.RECEIPT, amount_minor=amount_minor, counter=None,
            document_id=claim.id, at=at, zone=zone, actor=actor, reason=receipt.number,
        )  # fmt: skip
        paid = deposit_account(deposit)
    post_entry(
        book_id=claim.party_id, source=EntrySource.CLAIM, key_a=claim.id, key_b=key_b,
        legs=[(unclaimed_account(receipt), amount_minor), (paid, -amount_minor)],
        booked_date=at.astimezone(zone).date(), occurred_at=at, at=at,
    )  # fmt: skip


def _refuse_other_books(receipt: Receipt, entity_id: int, currency: str) -> None:
    if (receipt.entity_id, receipt.currency) != (entity_id, currency):
        raise OtherBooks(
            f"{receipt.number} came to another entity or in another currency than this debt is in; claim a"
            " receipt of the same books"
        )
