"""Check a verified input invoice off against its statement (核销)."""

from datetime import datetime

from zhanggui.settlement.invoices.errors import NotPaidYet
from zhanggui.settlement.invoices.locks import hold_invoices_of
from zhanggui.settlement.invoices.models import Invoice, InvoiceState
from zhanggui.settlement.invoices.steps import locked_invoice, step
from zhanggui.settlement.invoices.tax_data import policy
from zhanggui.settlement.statements.models import Statement, StatementState

SETTLED = (
    StatementState.PAID, StatementState.CARRIED, StatementState.COLLECTED, StatementState.ZERO,
    StatementState.WRITTEN_OFF,
)  # fmt: skip
"""Stations at which nothing is left to pay."""


def write_off_invoice(*, party_id: int, invoice_id: int, at: datetime, actor: str) -> Invoice:
    """This function will check off a verified invoice in the caller's transaction and return it. Raises
    UnknownInvoice, InvoiceNotDraft (it is not verified), NotPaidYet (this entity checks off after paying)."""
    hold_invoices_of(party_id)
    row = locked_invoice(party_id, invoice_id)
    statement = Statement.objects.get(party_id=party_id, id=row.statement_id)
    if policy(row.entity_id).input_check == "after_payment" and statement.state not in SETTLED:
        raise NotPaidYet(
            f"statement {statement.number} is {statement.state}; its invoice is checked off once it is paid",
            number=statement.number, state=statement.state,
        )  # fmt: skip
    step(row, InvoiceState.WRITTEN_OFF, at=at, actor=actor)
    return row
