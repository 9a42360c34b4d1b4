"""The tax authority issued our invoices: one by one, or many by a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.db import transaction

from zhanggui.money.errors import Refusal
from zhanggui.settlement.invoices.errors import IssuedFileRefused
from zhanggui.settlement.invoices.issued import Issued
from zhanggui.settlement.invoices.issued_file import IssuedRow
from zhanggui.settlement.invoices.models import Invoice, InvoiceState
from zhanggui.settlement.invoices.operations.issue_invoice import issue_invoice
from zhanggui.settlement.invoices.queries import invoice_by_number


@transaction.atomic
def invoice_issued(
    *, party_id: int, invoice_id: int, issued: Issued, at: datetime, zone: tzinfo, actor: str
) -> Invoice:
    """This function will issue one draft and return it. Raises what `issue_invoice` raises."""
    today = at.astimezone(zone).date()
    return issue_invoice(
        party_id=party_id, invoice_id=invoice_id, issued=issued, today=today, at=at, actor=actor
    )


@dataclass
class IssuedMany:
    """What a file came to; `already` were issued under the very same number before."""

    issued: int = 0
    already: int = 0


def issued_imported(*, rows: Sequence[IssuedRow], at: datetime, zone: tzinfo, actor: str) -> IssuedMany:
    """This function will issue every draft that a file names, or none: the same file again changes nothing.

    Blue invoices go before red letters, whatever their order. Raises IssuedFileRefused with every row that is
    wrong and why.
    """
    result, faults = IssuedMany(), []
    with transaction.atomic():
        for one in sorted(rows, key=lambda one: (one.draft.startswith("OR"), one.row)):
            try:
                with transaction.atomic():
                    invoice = invoice_by_number(one.draft)
                    if _same(invoice, one.issued):
                        result.already += 1
                        continue
                    invoice_issued(
                        party_id=invoice.party_id, invoice_id=invoice.id, issued=one.issued, at=at, zone=zone,
                        actor=actor,
                    )  # fmt: skip
                    result.issued += 1
            except Refusal as refusal:
                faults.append(
                    {"row": one.row, "draft": one.draft, "code": refusal.code, "message": refusal.message}
                )
        if faults:
            first = min(faults, key=lambda fault: int(str(fault["row"])))
            raise IssuedFileRefused(
                f"{len(faults)} of {len(rows)} rows are wrong, nothing was issued; first row {first['row']}:"
                f" {first['message']}",
                rows=sorted(faults, key=lambda fault: int(str(fault["row"]))),
            )
    return result


def _same(invoice: Invoice, issued: Issued) -> bool:
    return invoice.state == InvoiceState.ISSUED and (
        invoice.tax_number, invoice.tax_number_code, invoice.issued_on, invoice.gross_minor,
    ) == (
        issued.tax_number.strip(), issued.tax_number_code.strip(), issued.issued_on,
        invoice.gross_minor if issued.gross_minor is None else issued.gross_minor,
    )  # fmt: skip
