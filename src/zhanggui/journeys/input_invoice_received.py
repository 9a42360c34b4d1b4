"""A party sent an invoice of its own; another person verifies it, above a limit with an approval, or rejects it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from django.db import transaction

from zhanggui.approvals.models import Approval
from zhanggui.approvals.operations.request_approval import request_approval
from zhanggui.approvals.rules import Moment
from zhanggui.settlement.invoices.files import Attachment
from zhanggui.settlement.invoices.models import ReceivedInvoice
from zhanggui.settlement.invoices.operations.mark_verifying import mark_verifying
from zhanggui.settlement.invoices.operations.receive_invoice import AtRate, receive_invoice
from zhanggui.settlement.invoices.operations.reject_received import reject_received
from zhanggui.settlement.invoices.operations.verify_received import verify_received, waiting_received
from zhanggui.settlement.invoices.tax_data import policy

KIND = "invoice_verification"


@dataclass(frozen=True)
class Sent:
    """An input invoice as its issuer describes it; amounts in minor units by rate."""

    number: str
    issued_on: date
    by_rate: Sequence[AtRate]
    number_code: str = ""
    attachment: Attachment | None = None


@transaction.atomic
def input_invoice_received(
    *, party_id: int, invoice_id: int, sent: Sent, at: datetime, zone: tzinfo, actor: str
) -> ReceivedInvoice:
    """This function will take in a document towards an expected invoice and return it. Raises what
    `receive_invoice` raises."""
    return receive_invoice(
        party_id=party_id, invoice_id=invoice_id, number=sent.number, number_code=sent.number_code,
        issued_on=sent.issued_on, by_rate=sent.by_rate, attachment=sent.attachment,
        today=at.astimezone(zone).date(), at=at, actor=actor,
    )  # fmt: skip


@transaction.atomic
def input_invoice_verified(
    *, party_id: int, received_id: int, at: datetime, zone: tzinfo, checker: str
) -> ReceivedInvoice:
    """This function will verify a document, or, above the entity's limit, ask for an approval first; its state
    says which. Raises UnknownInvoice, InvoiceDecided, UploaderIsVerifier."""
    row = waiting_received(party_id, received_id, checker=checker)
    limit = policy(row.entity_id).verify_above_minor
    if limit is None or abs(row.gross_minor) <= limit:
        return verify_received(
            party_id=party_id,
            received_id=received_id,
            checker=checker,
            today=at.astimezone(zone).date(),
            at=at,
        )
    row = mark_verifying(party_id=party_id, received_id=received_id, verifying=True, checker=checker, at=at)
    request_approval(
        kind=KIND, subject=f"{party_id}-{row.id}", title=f"Input invoice {row.number}",
        amount_minor=abs(row.gross_minor), currency=row.currency, party_id=party_id, maker=checker, at=at,
        payload={"party_id": party_id, "received_id": row.id, "number": row.number, "code": row.number_code,
                 "by_rate": row.by_rate, "file": bytes(row.file_hash).hex()},
    )  # fmt: skip
    return row


@transaction.atomic
def input_invoice_rejected(
    *, party_id: int, received_id: int, reason: str, at: datetime, checker: str
) -> ReceivedInvoice:
    """This function will reject a document with a reason and return it. Raises UnknownInvoice, InvoiceDecided,
    UploaderIsVerifier."""
    return reject_received(party_id=party_id, received_id=received_id, reason=reason, checker=checker, at=at)


def verification_approved(approval: Approval, moment: Moment) -> ReceivedInvoice:
    """This function will verify the document of an approval that was given, in the decision's transaction."""
    return verify_received(
        party_id=approval.payload["party_id"], received_id=approval.payload["received_id"], checker=moment.actor,
        today=moment.at.astimezone(moment.zone).date(), at=moment.at,
    )  # fmt: skip


def verification_ended(approval: Approval, moment: Moment) -> ReceivedInvoice:
    """This function will let the document of an approval that was refused or withdrawn wait again."""
    return mark_verifying(
        party_id=approval.payload["party_id"], received_id=approval.payload["received_id"], verifying=False,
        checker=approval.maker, at=moment.at,
    )  # fmt: skip
