"""Take a claim back by a new entry: the receipt is unclaimed again, the debt open again."""

from datetime import datetime, tzinfo

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.collections.errors import CollectionIncomplete, ReceiptReversed, UnknownReceipt
from zhanggui.settlement.collections.locks import lock_receipt
from zhanggui.settlement.collections.models import Claim
from zhanggui.settlement.collections.operations.claim_receipt import settle_claim

REVERSAL = 1


def reverse_claim(*, claim_id: int, reason: str, at: datetime, zone: tzinfo, actor: str) -> Claim:
    """This function will reverse a claim in the caller's transaction, which holds `locks.hold_for_filling`.

    Raises UnknownReceipt, CollectionIncomplete, ReceiptReversed, and DepositTooSmall when the deposit it
    paid in has been used meanwhile.
    """
    found = Claim.objects.filter(id=claim_id).first()
    if found is None:
        raise UnknownReceipt(f"there is no claim {claim_id}")
    if not reason.strip():
        raise CollectionIncomplete("say why: the auditor reads the reason")
    receipt = lock_receipt(found.receipt_id)
    claim = Claim.objects.get(id=claim_id)
    if claim.reversed_at:
        raise ReceiptReversed(f"claim {claim_id} on {receipt.number} is reversed already")
    settle_claim(
        claim, receipt, amount_minor=-claim.amount_minor, at=at, zone=zone, actor=actor, key_b=REVERSAL
    )
    claim.reversed_at, claim.reversed_by, claim.reversal_reason = at, actor, reason.strip()
    claim.save(update_fields=["reversed_at", "reversed_by", "reversal_reason"])
    receipt.claimed_minor -= claim.amount_minor
    receipt.save(update_fields=["claimed_minor"])
    record_change(
        at=at, actor=actor, action="receipt.claim_reversed", object_kind="receipt", object_id=receipt.number,
        party_id=claim.party_id,
        after={"claim": claim.id, "amount_minor": -claim.amount_minor, "reason": claim.reversal_reason},
    )  # fmt: skip
    return claim
