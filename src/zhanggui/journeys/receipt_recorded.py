"""Money arrived at our bank: recorded, claimed, given back, or withdrawn."""

from datetime import date, datetime, tzinfo

from django.db import transaction

from zhanggui.approvals.models import Approval
from zhanggui.approvals.rules import Moment
from zhanggui.settlement.adjustments.models import DocumentState
from zhanggui.settlement.collections.locks import lock_receipt
from zhanggui.settlement.collections.models import Claim, Receipt, ReceiptRefund
from zhanggui.settlement.collections.operations.claim_receipt import claim_receipt
from zhanggui.settlement.collections.operations.import_receipts import Imported, import_receipts
from zhanggui.settlement.collections.operations.record_receipt import record_receipt
from zhanggui.settlement.collections.operations.request_receipt_refund import (
    close_receipt_refund,
    request_receipt_refund,
)
from zhanggui.settlement.collections.operations.reverse_claim import reverse_claim
from zhanggui.settlement.collections.operations.reverse_receipt import reverse_receipt
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.statements.locks import hold_for_filling


@transaction.atomic
def receipt_recorded(
    *, own_account: OwnAccount, bank_reference: str, amount_minor: int, received_on: date, at: datetime,
    actor: str, payer: str = "", payer_account: str = "", memo: str = "", source: str = "screen",
) -> Receipt:  # fmt: skip
    """This function will record a receipt, once by the bank's reference. Raises CollectionIncomplete,
    ReceiptConflict."""
    return record_receipt(
        own_account=own_account, bank_reference=bank_reference, amount_minor=amount_minor,
        received_on=received_on, at=at, actor=actor, payer=payer, payer_account=payer_account, memo=memo,
        source=source,
    )  # fmt: skip


@transaction.atomic
def receipts_imported(
    *, own_account: OwnAccount, content: bytes, at: datetime, actor: str, name: str = "receipts.csv"
) -> Imported:
    """This function will record a whole file of receipts, or nothing of it. Raises ReceiptRowRefused and
    HandedFileRefused."""
    return import_receipts(own_account=own_account, content=content, name=name, at=at, actor=actor)


@transaction.atomic
def receipt_reversed(*, receipt_id: int, reason: str, at: datetime, zone: tzinfo, actor: str) -> Receipt:
    """This function will withdraw a receipt that was recorded wrongly. Raises UnknownReceipt,
    CollectionIncomplete, ReceiptReversed, ReceiptClaimed."""
    return reverse_receipt(receipt_id=receipt_id, reason=reason, at=at, zone=zone, actor=actor)


@transaction.atomic
def receipt_claimed(
    *, receipt_id: int, party_id: int, target: str, amount_minor: int, at: datetime, zone: tzinfo, actor: str,
    statement_id: int = 0,
) -> Claim:  # fmt: skip
    """This function will claim part of a receipt for a debt or a deposit. Raises UnknownReceipt, UnknownDebt,
    CollectionIncomplete, ClaimAboveReceipt, AboveDebt, OtherBooks."""
    hold_for_filling()
    return claim_receipt(
        receipt_id=receipt_id, party_id=party_id, target=target, amount_minor=amount_minor,
        statement_id=statement_id, at=at, zone=zone, actor=actor,
    )  # fmt: skip


@transaction.atomic
def claim_reversed(*, claim_id: int, reason: str, at: datetime, zone: tzinfo, actor: str) -> Claim:
    """This function will take a claim back. Raises UnknownReceipt, CollectionIncomplete, ReceiptReversed,
    DepositTooSmall."""
    hold_for_filling()
    return reverse_claim(claim_id=claim_id, reason=reason, at=at, zone=zone, actor=actor)


@transaction.atomic
def receipt_refund_requested(
    *, receipt_id: int, amount_minor: int, reason: str, at: datetime, maker: str
) -> ReceiptRefund:
    """This function will ask to give back what nobody claimed. Raises UnknownReceipt, CollectionIncomplete,
    ClaimAboveReceipt."""
    return request_receipt_refund(
        receipt_id=receipt_id, amount_minor=amount_minor, reason=reason, at=at, maker=maker
    )


def hold_receipt(approval: Approval) -> None:
    """This function will lock the receipt that a refund is about."""
    lock_receipt(ReceiptRefund.objects.get(id=int(approval.subject[2:])).receipt_id)


def receipt_refund_approved(approval: Approval, moment: Moment) -> ReceiptRefund:
    """This function will carry out an approved refund."""
    return close_receipt_refund(
        refund_id=int(approval.subject[2:]), state=DocumentState.APPROVED, at=moment.at, zone=moment.zone,
        actor=moment.actor,
    )  # fmt: skip


def receipt_refund_ended(approval: Approval, moment: Moment) -> ReceiptRefund:
    """This function will end a refund that was not approved."""
    return close_receipt_refund(
        refund_id=int(approval.subject[2:]), state=approval.state, at=moment.at, zone=moment.zone,
        actor=moment.actor,
    )  # fmt: skip
