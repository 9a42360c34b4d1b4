"""An invoice is drafted for a statement, taken back by a red letter, voided, or checked off."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from zhanggui.settlement.invoices.models import Invoice
from zhanggui.settlement.invoices.operations.draft_invoices import draft_invoices
from zhanggui.settlement.invoices.operations.draft_red_letter import draft_red_letter
from zhanggui.settlement.invoices.operations.void_draft import void_draft
from zhanggui.settlement.invoices.operations.write_off_invoice import write_off_invoice


@transaction.atomic
def statement_invoiced(*, party_id: int, statement_id: int, at: datetime, actor: str) -> list[Invoice]:
    """This function will draft what a closed statement is to be invoiced for and is on no invoice yet. Raises
    StatementNotClosed, TaxTreatmentMissing."""
    return draft_invoices(party_id=party_id, statement_id=statement_id, at=at, actor=actor)


@transaction.atomic
def red_letter_drafted(
    *, party_id: int, invoice_id: int, reason: str, at: datetime, actor: str,
    amounts: Mapping[int, int] | None = None,
) -> Invoice:  # fmt: skip
    """This function will draft a red letter: `amounts` (minor units by line position), or all that is left. Raises
    UnknownInvoice, NotInvoiced, RedAboveOriginal."""
    return draft_red_letter(
        party_id=party_id, invoice_id=invoice_id, reason=reason, at=at, actor=actor, amounts=amounts
    )


@transaction.atomic
def draft_voided(*, party_id: int, invoice_id: int, reason: str, at: datetime, actor: str) -> Invoice:
    """This function will void a draft, or an expected invoice towards which nothing was sent. Raises
    UnknownInvoice, InvoiceNotDraft."""
    return void_draft(party_id=party_id, invoice_id=invoice_id, reason=reason, at=at, actor=actor)


@transaction.atomic
def invoice_checked_off(*, party_id: int, invoice_id: int, at: datetime, actor: str) -> Invoice:
    """This function will check a verified invoice off against its statement. Raises UnknownInvoice,
    InvoiceNotDraft, NotPaidYet."""
    return write_off_invoice(party_id=party_id, invoice_id=invoice_id, at=at, actor=actor)
