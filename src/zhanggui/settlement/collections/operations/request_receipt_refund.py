"""Ask to give back what nobody claimed of a receipt; another person approves it."""

from datetime import datetime, tzinfo

from zhanggui.approvals.operations.request_approval import request_approval
from zhanggui.audit.operations.record_change import record_change
from zhanggui.money.integers import require_integer
from zhanggui.settlement.adjustments.models import DocumentState
from zhanggui.settlement.adjustments.states import allowed
from zhanggui.settlement.collections.errors import CollectionDocumentNotPending, CollectionIncomplete
from zhanggui.settlement.collections.locks import lock_receipt
from zhanggui.settlement.collections.models import ReceiptRefund
from zhanggui.settlement.collections.operations.claim_receipt import refuse_above_rest
from zhanggui.settlement.collections.operations.record_receipt import post_receipt

KIND = "receipt_refund"


def request_receipt_refund(
    *, receipt_id: int, amount_minor: int, reason: str, at: datetime, maker: str
) -> ReceiptRefund:
    """This function will make a refund of what is left of a receipt and request its approval, in the caller's
    transaction; the amount can no longer be claimed. Raises UnknownReceipt, CollectionIncomplete,
    ClaimAboveReceipt."""
    receipt = lock_receipt(receipt_id)
    amount = require_integer(amount_minor, "The refund")
    if amount <= 0 or not reason.strip():
        raise CollectionIncomplete("an amount above zero and a reason are needed")
    refuse_above_rest(receipt, amount)
    row = ReceiptRefund.objects.create(
        receipt=receipt, amount_minor=amount, reason=reason.strip(), made_at=at, made_by=maker
    )
    receipt.refunded_minor += amount
    receipt.save(update_fields=["refunded_minor"])
    content = {
        "number": row.number, "receipt": receipt.number, "payer": receipt.payer,
        "payer_account": receipt.payer_account, "amount_minor": amount, "currency": receipt.currency,
        "reason": row.reason,
    }  # fmt: skip
    approval = request_approval(
        kind=KIND, subject=row.number, title=f"{row.number} {receipt.number}", amount_minor=amount,
        currency=receipt.currency, payload=content, maker=maker, at=at,
    )  # fmt: skip
    row.approval_id = approval.id
    row.save(update_fields=["approval_id"])
    record_change(
        at=at, actor=maker, action="receipt_refund.requested", object_kind="receipt", object_id=receipt.number,
        after=content,
    )  # fmt: skip
    return row


def close_receipt_refund(
    *, refund_id: int, state: str, at: datetime, zone: tzinfo, actor: str
) -> ReceiptRefund:
    """This function will end a refund, in the caller's transaction: approved, the money waits for a
    payout that takes it to whoever paid; otherwise the amount can be claimed again.

    Raises CollectionDocumentNotPending.
    """
    row = ReceiptRefund.objects.get(id=refund_id)
    receipt = lock_receipt(row.receipt_id)
    row.refresh_from_db(fields=["state"])
    if not allowed(row.state, state):
        raise CollectionDocumentNotPending(
            f"{row.number} is {row.state}; nothing is left to do", state=row.state
        )
    row.state, row.ended_at = DocumentState(state), at
    row.by_payout = state == DocumentState.APPROVED
    row.save(update_fields=["state", "ended_at", "by_payout"])
    if state == DocumentState.APPROVED:
        post_receipt(
            receipt, key_b=1 + row.id, amount_minor=-row.amount_minor,
            booked_date=at.astimezone(zone).date(), at=at, refund_id=row.id,
        )  # fmt: skip
    else:
        receipt.refunded_minor -= row.amount_minor
        receipt.save(update_fields=["refunded_minor"])
    record_change(
        at=at, actor=actor, action=f"receipt_refund.{state}", object_kind="receipt", object_id=receipt.number,
        after={"refund": row.number, "amount_minor": row.amount_minor},
    )  # fmt: skip
    return row
