"""Reject an invoice that a party sent, with a reason it can act on."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.invoices.locks import hold_invoices_of
from zhanggui.settlement.invoices.models import InvoiceState, ReceivedInvoice, ReceivedState
from zhanggui.settlement.invoices.operations.verify_received import waiting_received
from zhanggui.settlement.invoices.steps import locked_invoice, step


def reject_received(
    *, party_id: int, received_id: int, reason: str, checker: str, at: datetime
) -> ReceivedInvoice:
    """This function will reject one document in the caller's transaction and return it: its number is free
    again, and what it covered is expected again. Raises UnknownInvoice, InvoiceDecided, UploaderIsVerifier."""
    hold_invoices_of(party_id)
    row = waiting_received(party_id, received_id, checker=checker)
    row.state, row.decided_at, row.decided_by, row.reason = ReceivedState.REJECTED, at, checker, reason
    row.save(update_fields=["state", "decided_at", "decided_by", "reason"])
    expected = locked_invoice(party_id, row.invoice_id)
    if expected.state == InvoiceState.RECEIVED:
        step(expected, InvoiceState.EXPECTED, at=at, actor=checker, reason=f"rejected {row.number}: {reason}")
    record_change(
        at=at, actor=checker, action="invoice.rejected", object_kind="invoice", object_id=expected.number,
        party_id=party_id, after={"number": row.number, "reason": reason},
    )  # fmt: skip
    return row
