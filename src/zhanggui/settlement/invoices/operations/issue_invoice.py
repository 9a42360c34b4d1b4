"""Issue a draft of ours: the tax authority has given it a number, from now on it never changes."""

from datetime import date, datetime

from zhanggui.settlement.invoices.completeness import parties_on
from zhanggui.settlement.invoices.coverage import red_room
from zhanggui.settlement.invoices.errors import (
    InvoiceAmountDiffers,
    InvoiceNotDraft,
    InvoiceNumberTaken,
    NotInvoiced,
    RedAboveOriginal,
)
from zhanggui.settlement.invoices.files import keep_file
from zhanggui.settlement.invoices.issued import Issued
from zhanggui.settlement.invoices.locks import hold_invoices_of
from zhanggui.settlement.invoices.models import Invoice, InvoiceKind, InvoiceState
from zhanggui.settlement.invoices.numbering import check_number
from zhanggui.settlement.invoices.steps import locked_invoice, step
from zhanggui.settlement.invoices.tax_models import Direction
from zhanggui.settlement.invoices.tax_months import month_for


def issue_invoice(
    *, party_id: int, invoice_id: int, issued: Issued, today: date, at: datetime, actor: str
) -> Invoice:
    """This function will issue one draft in the caller's transaction and return it.

    `today` is the business day; amounts given (minor units) must be those of the draft to the unit. Raises
    UnknownInvoice, InvoiceNotDraft, InvoiceNumberTaken, TaxDataIncomplete, InvoiceAmountDiffers, NotInvoiced,
    RedAboveOriginal, InvoiceFileRefused.
    """
    hold_invoices_of(party_id)
    row = locked_invoice(party_id, invoice_id)
    if row.state != InvoiceState.DRAFT:
        raise InvoiceNotDraft(
            f"invoice {row.number} is {row.state}"
            + (f" as {row.tax_number}" if row.tax_number else "") + "; only a draft can be issued",
            number=row.number, state=row.state,
        )  # fmt: skip
    number, code = check_number(issued.tax_number, issued.tax_number_code)
    other = Invoice.objects.filter(tax_number=number, tax_number_code=code).first()
    if other is not None:
        raise InvoiceNumberTaken(
            f"number {number} is that of invoice {other.number} already; check the number", number=number
        )
    if issued.issued_on > today:
        raise InvoiceAmountDiffers(
            f"invoice {row.number} cannot be dated {issued.issued_on}, which is after today",
            number=row.number,
        )
    for name, given, own in (
        ("gross", issued.gross_minor, row.gross_minor),
        ("tax", issued.tax_minor, row.tax_minor),
    ):
        if given is not None and given != own:
            raise InvoiceAmountDiffers(
                f"invoice {row.number} has a {name} of {own} (minor units), not {given}; nothing was issued",
                number=row.number, field=name, expected=own, given=given,
            )  # fmt: skip
    seller, buyer = parties_on(row, issued.issued_on)
    if row.kind == InvoiceKind.RED:
        _check_red(row)
    file_hash = keep_file(party_id, issued.attachment, number=number, at=at) if issued.attachment else b""
    step(
        row, InvoiceState.ISSUED, at=at, actor=actor, tax_number=number, tax_number_code=code,
        issued_on=issued.issued_on, issued_at=at, issued_by=actor, seller=seller, buyer=buyer,
        file_hash=file_hash,
        tax_month=month_for(row.entity_id, row.currency, issued.issued_on),
    )  # fmt: skip
    return row


def _check_red(row: Invoice) -> None:
    original = locked_invoice(row.party_id, row.original_id)
    if original.state != InvoiceState.ISSUED or original.direction != Direction.OUTPUT:
        raise NotInvoiced(f"invoice {original.number} is {original.state}; issue it before its red letter")
    # the letter itself is among those that `red_room` has taken off already
    if any(gross < 0 or tax < 0 for gross, tax in red_room(row.party_id, original.id).values()):
        raise RedAboveOriginal(
            f"red letter {row.number} would take back more than invoice {original.number} charged",
            number=row.number,
        )
