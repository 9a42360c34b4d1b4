"""Withdraw a receipt that was recorded wrongly."""

from datetime import datetime, tzinfo

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.collections.errors import CollectionIncomplete, ReceiptClaimed, ReceiptReversed
from zhanggui.settlement.collections.locks import lock_receipt
from zhanggui.settlement.collections.models import Receipt
from zhanggui.settlement.collections.operations.record_receipt import post_receipt

REVERSAL = 1


def reverse_receipt(*, receipt_id: int, reason: str, at: datetime, zone: tzinfo, actor: str) -> Receipt:
    """This function will withdraw a receipt by a new entry, in the caller's transaction, and return it.

    Raises UnknownReceipt, CollectionIncomplete, ReceiptReversed, ReceiptClaimed.
    """
    if not reason.strip():
        raise CollectionIncomplete("say why: the auditor reads the reason")
    row = lock_receipt(receipt_id)
    if row.reversed_at:
        raise ReceiptReversed(f"{row.number} is withdrawn already")
    if row.claimed_minor or row.refunded_minor:
        raise ReceiptClaimed(
            f"something of {row.number} is claimed or given back; reverse those claims first"
        )
    post_receipt(
        row, key_b=REVERSAL, amount_minor=-row.amount_minor, booked_date=at.astimezone(zone).date(), at=at
    )
    row.reversed_at, row.reversal_reason = at, reason.strip()
    row.save(update_fields=["reversed_at", "reversal_reason"])
    record_change(
        at=at, actor=actor, action="receipt.reversed", object_kind="receipt", object_id=row.number,
        after={"amount_minor": -row.amount_minor, "reason": row.reversal_reason},
    )  # fmt: skip
    return row
