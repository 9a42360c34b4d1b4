"""What invoices refuse, in order of precedence."""

from zhanggui.money.errors import Refusal


class InvoiceError(Refusal):
    code = "invoice_error"


class UnknownInvoice(InvoiceError):
    """No invoice has this number."""

    code = "unknown_invoice"
    http_status = 404


class StatementNotClosed(InvoiceError):
    """An open statement still changes: nothing of it can be invoiced."""

    code = "statement_not_closed"
    http_status = 409


class TaxTreatmentMissing(InvoiceError):
    """Nobody has said at which rate, or under which code, a fee is invoiced."""

    code = "tax_treatment_missing"


class OverlappingTaxData(InvoiceError):
    """Two rows of tax data would hold on the same day."""

    code = "overlapping_tax_data"
    http_status = 409


class TaxDataIncomplete(InvoiceError):
    """The buyer or the seller lacks what an invoice must name."""

    code = "tax_data_incomplete"


class InvoiceNotDraft(InvoiceError):
    """The act needs a draft; this one is issued or voided."""

    code = "invoice_not_draft"
    http_status = 409


class InvoiceNumberTaken(InvoiceError):
    """Another invoice has this number of the tax authority already."""

    code = "invoice_number_taken"
    http_status = 409


class InvoiceAmountDiffers(InvoiceError):
    """The amounts given are not those of the invoice, to the minor unit."""

    code = "invoice_amount_differs"


class NotInvoiced(InvoiceError):
    """Only an issued invoice can be taken back by a red letter."""

    code = "not_invoiced"
    http_status = 409


class RedAboveOriginal(InvoiceError):
    """Red letters would take back more than the original invoice charged."""

    code = "red_above_original"


class NotExpected(InvoiceError):
    """No invoice is expected of this party any more on this statement."""

    code = "not_expected"
    http_status = 409


class InvoiceOfAnotherParty(InvoiceError):
    """The invoice, or its statement, is another party's."""

    code = "invoice_of_another_party"
    http_status = 404


class InvoiceAboveExpected(InvoiceError):
    """What was sent covers more than the statement says, at one rate."""

    code = "invoice_above_expected"


class InvoiceFileRefused(InvoiceError):
    """The file is not what it says, is too large, or speaks of another invoice."""

    code = "invoice_file_refused"


class UploaderIsVerifier(InvoiceError):
    """Who entered an invoice cannot verify it."""

    code = "uploader_is_verifier"
    http_status = 403


class InvoiceDecided(InvoiceError):
    """The document is verified or rejected already."""

    code = "invoice_decided"
    http_status = 409


class NotPaidYet(InvoiceError):
    """This entity checks invoices off after paying, and the statement is not paid."""

    code = "not_paid_yet"
    http_status = 409


class TaxMonthClosed(InvoiceError):
    """The month is filed already, or not over."""

    code = "tax_month_closed"
    http_status = 409


class IssuedFileRefused(InvoiceError):
    """The file of issued invoices cannot be taken in; every row that is wrong is named."""

    code = "issued_file_refused"
