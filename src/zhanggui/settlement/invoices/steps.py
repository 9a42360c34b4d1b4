"""Moving an invoice one station on, and its statement's axis with it; every act of this package ends here."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.invoices.coverage import parts_left
from zhanggui.settlement.invoices.errors import InvoiceNotDraft, UnknownInvoice
from zhanggui.settlement.invoices.models import Invoice, InvoiceEvent, InvoiceState
from zhanggui.settlement.invoices.rules.axis import axis_of
from zhanggui.settlement.invoices.states import allowed
from zhanggui.settlement.statements.models import InvoiceAxis, Statement


def locked_invoice(party_id: int, invoice_id: int) -> Invoice:
    """This function will lock and return an invoice. Raises UnknownInvoice."""
    row = Invoice.objects.select_for_update().filter(party_id=party_id, id=invoice_id).first()
    if row is None:
        raise UnknownInvoice(f"there is no invoice {invoice_id} of party {party_id}")
    return row


def step(row: Invoice, after: str, *, at: datetime, actor: str, reason: str = "", **more: object) -> None:
    """This function will move an invoice to `after`, setting the fields in `more`, with event, axis and audit
    record. Raises InvoiceNotDraft for a step that the table of states does not have."""
    before = row.state
    if not allowed(before, after):
        raise InvoiceNotDraft(f"invoice {row.number} is {before}; it cannot become {after}", state=before)
    row.state = after
    for name, value in more.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *more])
    InvoiceEvent.objects.create(
        party_id=row.party_id,
        invoice_id=row.id,
        at=at,
        actor=actor,
        before=before,
        after=after,
        reason=reason,
    )
    refresh_axis(row.party_id, row.statement_id)
    record_change(
        at=at, actor=actor, action=f"invoice.{after}", object_kind="invoice", object_id=row.number,
        party_id=row.party_id, before={"state": before},
        after={"state": after, "gross_minor": row.gross_minor, "currency": row.currency, "reason": reason,
               "tax_number": row.tax_number},
    )  # fmt: skip


def refresh_axis(party_id: int, statement_id: int) -> str:
    """This function will derive a statement's axis anew, store it and return it: pending while something of its
    own is on no invoice, else what its invoices say."""
    row = Statement.objects.get(party_id=party_id, id=statement_id)
    left = sum(
        one.gross
        for one in parts_left(party_id, entity_id=row.entity_id, mode=row.mode, currency=row.currency)
        if one.part.statement_id == statement_id and one.gross > 0
    )
    states = set(
        Invoice.objects.filter(party_id=party_id, statement_id=statement_id)
        .exclude(state=InvoiceState.VOIDED)
        .values_list("state", flat=True)
    )
    axis = InvoiceAxis.PENDING if left and not states & {"draft"} else axis_of(states)
    Statement.objects.filter(party_id=party_id, id=statement_id).update(invoice_axis=axis)
    return str(axis)
