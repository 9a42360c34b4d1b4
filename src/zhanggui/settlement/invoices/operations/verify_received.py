"""Verify an invoice that a party sent: somebody else than who entered it has checked it."""

from datetime import date, datetime

from zhanggui.settlement.invoices.coverage import differences
from zhanggui.settlement.invoices.errors import InvoiceDecided, UnknownInvoice, UploaderIsVerifier
from zhanggui.settlement.invoices.locks import hold_invoices_of
from zhanggui.settlement.invoices.models import InvoiceState, ReceivedInvoice, ReceivedState
from zhanggui.settlement.invoices.operations.write_off_invoice import write_off_invoice
from zhanggui.settlement.invoices.states import RECEIVED
from zhanggui.settlement.invoices.steps import locked_invoice, step
from zhanggui.settlement.invoices.tax_data import policy
from zhanggui.settlement.invoices.tax_months import month_for


def waiting_received(party_id: int, received_id: int, *, checker: str) -> ReceivedInvoice:
    """This function will lock and return a received document that `checker` may decide about. Raises
    UnknownInvoice, InvoiceDecided, UploaderIsVerifier."""
    row = ReceivedInvoice.objects.select_for_update().filter(party_id=party_id, id=received_id).first()
    if row is None:
        raise UnknownInvoice(f"there is no received invoice {received_id} of party {party_id}")
    if not RECEIVED[row.state]:
        raise InvoiceDecided(
            f"invoice {row.number} is {row.state}; nothing is left to decide", state=row.state
        )
    if checker == row.uploaded_by:
        raise UploaderIsVerifier(f"{checker} entered invoice {row.number}; somebody else has to verify it")
    return row


def verify_received(
    *, party_id: int, received_id: int, checker: str, today: date, at: datetime
) -> ReceivedInvoice:
    """This function will verify one document in the caller's transaction and return it.

    When everything that covers the expected invoice is verified, so is that; where the entity checks off before
    paying, it is written off (核销) at once. Raises UnknownInvoice, InvoiceDecided, UploaderIsVerifier.
    """
    hold_invoices_of(party_id)
    row = waiting_received(party_id, received_id, checker=checker)
    row.state, row.decided_at, row.decided_by = ReceivedState.VERIFIED, at, checker
    row.tax_month = month_for(row.entity_id, row.currency, today)
    row.save(update_fields=["state", "decided_at", "decided_by", "tax_month"])
    expected = locked_invoice(party_id, row.invoice_id)
    open_ones = ReceivedInvoice.objects.filter(party_id=party_id, invoice_id=row.invoice_id).exclude(
        state__in=[ReceivedState.VERIFIED, ReceivedState.REJECTED]
    )
    if (
        expected.state == InvoiceState.RECEIVED
        and not open_ones.exists()
        and not differences(party_id, expected.id)
    ):
        step(expected, InvoiceState.VERIFIED, at=at, actor=checker, reason=f"verified {row.number}")
        if policy(expected.entity_id).input_check == "before_payment":
            write_off_invoice(party_id=party_id, invoice_id=expected.id, at=at, actor=checker)
    return row
