"""Void a draft: what it was about is on no invoice again."""

from datetime import datetime

from zhanggui.settlement.invoices.errors import InvoiceNotDraft
from zhanggui.settlement.invoices.locks import hold_invoices_of
from zhanggui.settlement.invoices.models import Invoice, InvoiceState, ReceivedInvoice, ReceivedState
from zhanggui.settlement.invoices.steps import locked_invoice, step


def void_draft(*, party_id: int, invoice_id: int, reason: str, at: datetime, actor: str) -> Invoice:
    """This function will void a draft, or an expected invoice towards which nothing was sent, in the caller's
    transaction. Raises UnknownInvoice, InvoiceNotDraft."""
    hold_invoices_of(party_id)
    row = locked_invoice(party_id, invoice_id)
    sent = ReceivedInvoice.objects.filter(party_id=party_id, invoice_id=invoice_id).exclude(
        state=ReceivedState.REJECTED
    )
    if sent.exists():
        raise InvoiceNotDraft(
            f"invoice {row.number} is partly received; reject what was sent first", state=row.state
        )
    step(row, InvoiceState.VOIDED, at=at, actor=actor, reason=reason)
    return row
