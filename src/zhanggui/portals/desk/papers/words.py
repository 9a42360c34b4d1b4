"""What stations are called on papers."""

from django.utils.translation import gettext_lazy as _

from zhanggui.settlement.entities.models import InvoiceMode
from zhanggui.settlement.statements.models import InvoiceAxis, StatementState

STATIONS = {
    StatementState.OPEN.value: _("Accruing"),
    StatementState.CONFIRMING.value: _("To confirm"),
    StatementState.CONFIRMED.value: _("Confirmed"),
    StatementState.APPROVED.value: _("Payment approved"),
    StatementState.PAYING.value: _("Being paid"),
    StatementState.PAID.value: _("Paid"),
    StatementState.FAILED.value: _("Payment failed"),
    StatementState.CARRIED.value: _("Carried on"),
    StatementState.COLLECTING.value: _("To be collected"),
    StatementState.COLLECTED.value: _("Collected"),
    StatementState.WRITTEN_OFF.value: _("Debt written off"),
    StatementState.ZERO.value: _("Nothing due"),
}
AXES = {
    InvoiceAxis.PENDING.value: _("Invoice not drafted yet"),
    InvoiceAxis.NONE.value: _("Nothing to invoice"),
    InvoiceAxis.TO_ISSUE.value: _("Invoice to be issued"),
    InvoiceAxis.ISSUED.value: _("Invoice issued"),
    InvoiceAxis.TO_RECEIVE.value: _("Invoice to come from the merchant"),
    InvoiceAxis.RECEIVED.value: _("Invoice received"),
    InvoiceAxis.VERIFIED.value: _("Invoice verified"),
    InvoiceAxis.WRITTEN_OFF.value: _("Invoice checked off"),
}
MODES = {
    InvoiceMode.OUTPUT.value: _("The platform invoices its fees"),
    InvoiceMode.INPUT.value: _("The merchant invoices the goods"),
    InvoiceMode.NONE.value: _("No invoice"),
}
FIELDS = {
    "title": _("Name"),
    "tax_number": _("Tax number"),
    "address": _("Address"),
    "phone": _("Phone"),
    "bank_name": _("Bank"),
    "bank_account_masked": _("Bank account"),
}
