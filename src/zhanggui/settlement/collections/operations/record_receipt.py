"""Record money that arrived on an account of ours; nobody has claimed it yet."""

from datetime import date, datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.ledger.chart import BANK, TO_GIVE_BACK, UNCLAIMED_RECEIPTS
from zhanggui.ledger.operations.open_accounts import AccountKey
from zhanggui.ledger.operations.post_entry import post_entry
from zhanggui.ledger.sources import EntrySource
from zhanggui.money import Money
from zhanggui.money.integers import require_integer, require_storable
from zhanggui.settlement.collections.errors import CollectionIncomplete, ReceiptConflict
from zhanggui.settlement.collections.models import Receipt
from zhanggui.settlement.entities.models import OwnAccount, OwnAccountKind

REFERENCE_MAX = 128
SOURCES = ("screen", "api", "csv", "bank", "command")


def record_receipt(
    *, own_account: OwnAccount, bank_reference: str, amount_minor: int, received_on: date, at: datetime,
    actor: str, payer: str = "", payer_account: str = "", memo: str = "", source: str = "screen",
) -> Receipt:  # fmt: skip
    """This function will record a receipt of `amount_minor` in the account's currency, in the caller's
    transaction, and post it as unclaimed. `payer_account` is masked already.

    The bank's reference is the key: recorded again with the same amount and day it is returned as it is.
    Raises CollectionIncomplete, ReceiptConflict, FloatRefused, NotAnInteger, AmountTooLarge.
    """
    amount = require_storable(require_integer(amount_minor, "The receipt"), "The receipt")
    reference = bank_reference.strip()
    _refuse_incomplete(own_account, reference, amount, source)
    existing = Receipt.objects.filter(own_account=own_account, bank_reference=reference).first()
    if existing is not None:
        if (existing.amount_minor, existing.received_on) != (amount, received_on):
            raise ReceiptConflict(
                f"receipt {reference!r} is here as {Money(existing.amount_minor, existing.currency)} of"
                f" {existing.received_on}; a receipt recorded wrongly is withdrawn, not changed"
            )
        return existing
    row = Receipt.objects.create(
        own_account=own_account, entity_id=own_account.entity_id, currency=own_account.currency,
        bank_reference=reference, amount_minor=amount, received_on=received_on, payer=payer.strip()[:200],
        payer_account=payer_account.strip()[:64], memo=memo.strip()[:500], source=source, recorded_at=at,
        recorded_by=actor,
    )  # fmt: skip
    post_receipt(row, key_b=0, amount_minor=amount, booked_date=received_on, at=at)
    record_change(
        at=at, actor=actor, action="receipt.recorded", object_kind="receipt", object_id=row.number,
        after={"account": own_account.code, "reference": reference, "amount_minor": amount, "source": source},
    )  # fmt: skip
    return row


def post_receipt(
    row: Receipt, *, key_b: int, amount_minor: int, booked_date: date, at: datetime, refund_id: int = 0
) -> None:
    """This function will post money that came to a receipt (positive) or left it (negative): for the bank, or with
    `refund_id` for the account on which that refund waits for its payout."""
    counter = AccountKey(row.entity_id, BANK, 0, row.own_account_id, row.currency)
    if refund_id:
        counter = AccountKey(row.entity_id, TO_GIVE_BACK, 0, refund_id, row.currency)
    post_entry(
        book_id=0, source=EntrySource.RECEIPT, key_a=row.id, key_b=key_b,
        legs=[(counter, amount_minor), (unclaimed_account(row), -amount_minor)],
        booked_date=booked_date, occurred_at=at, at=at,
    )  # fmt: skip


def unclaimed_account(row: Receipt) -> AccountKey:
    """This function will return the ledger account of what is unclaimed of a receipt."""
    return AccountKey(row.entity_id, UNCLAIMED_RECEIPTS, 0, row.id, row.currency)


def _refuse_incomplete(account: OwnAccount, reference: str, amount: int, source: str) -> None:
    if account.kind != OwnAccountKind.BANK or not account.active:
        raise CollectionIncomplete(f"{account.code} is no active bank account of ours; choose one that is")
    if not reference or len(reference) > REFERENCE_MAX:
        raise CollectionIncomplete(f"a receipt needs the bank's reference, 1 to {REFERENCE_MAX} characters")
    if amount <= 0:
        raise CollectionIncomplete("a receipt is an amount above zero")
    if source not in SOURCES:
        raise CollectionIncomplete(f"a receipt comes from {', '.join(SOURCES)}, not {source!r}")
