"""A received document waits for an approval, or no longer does."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.invoices.errors import InvoiceDecided
from zhanggui.settlement.invoices.locks import hold_invoices_of
from zhanggui.settlement.invoices.models import ReceivedInvoice, ReceivedState
from zhanggui.settlement.invoices.operations.verify_received import waiting_received
from zhanggui.settlement.invoices.states import RECEIVED


def mark_verifying(
    *, party_id: int, received_id: int, verifying: bool, checker: str, at: datetime
) -> ReceivedInvoice:
    """This function will mark a received document as waiting for an approval, or take that back, in the caller's
    transaction, and return it. Raises UnknownInvoice, InvoiceDecided, UploaderIsVerifier."""
    hold_invoices_of(party_id)
    row = waiting_received(party_id, received_id, checker=checker)
    before, after = row.state, ReceivedState.VERIFYING if verifying else ReceivedState.RECEIVED
    if after not in RECEIVED[before]:
        raise InvoiceDecided(f"invoice {row.number} is {before} already; see the approvals", state=before)
    row.state = after
    row.save(update_fields=["state"])
    record_change(
        at=at, actor=checker, action=f"invoice.{after}", object_kind="received_invoice", object_id=row.number,
        party_id=party_id, before={"state": before}, after={"state": after},
    )  # fmt: skip
    return row
