"""What stations of invoices are called, with their fixed colours."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhanggui.portals.desk.badges import Badge
from zhanggui.settlement.invoices.models import InvoiceState, ReceivedState
from zhanggui.settlement.statements.models import InvoiceAxis

OUTPUT_STATES = {
    InvoiceState.DRAFT.value: Badge(_("To issue"), "amber"),
    InvoiceState.ISSUED.value: Badge(pgettext_lazy("invoice", "Issued"), "green"),
    InvoiceState.VOIDED.value: Badge(pgettext_lazy("invoice", "Voided"), "grey"),
}
INPUT_STATES = {
    InvoiceState.EXPECTED.value: Badge(_("To be received"), "grey"),
    InvoiceState.RECEIVED.value: Badge(_("To verify"), "amber"),
    InvoiceState.VERIFIED.value: Badge(_("To check off"), "blue"),
    InvoiceState.WRITTEN_OFF.value: Badge(_("Checked off"), "green"),
    InvoiceState.VOIDED.value: Badge(pgettext_lazy("invoice", "Voided"), "grey"),
}
INVOICE_STATES = OUTPUT_STATES | INPUT_STATES
RECEIVED_STATES = {
    ReceivedState.RECEIVED.value: Badge(_("To verify"), "amber"),
    ReceivedState.VERIFYING.value: Badge(_("Waits for approval"), "blue"),
    ReceivedState.VERIFIED.value: Badge(_("Verified"), "green"),
    ReceivedState.REJECTED.value: Badge(_("Turned down"), "red"),
}
INVOICE_KINDS = {"blue": _("Invoice"), "red": _("Red letter")}
INVOICE_AXES = {
    InvoiceAxis.PENDING.value: Badge(_("Not drafted yet"), "grey"),
    InvoiceAxis.NONE.value: Badge(_("Nothing to invoice"), "grey"),
    InvoiceAxis.TO_ISSUE.value: Badge(_("To issue"), "amber"),
    InvoiceAxis.ISSUED.value: Badge(pgettext_lazy("invoice", "Issued"), "green"),
    InvoiceAxis.TO_RECEIVE.value: Badge(_("To be received"), "grey"),
    InvoiceAxis.RECEIVED.value: Badge(_("To verify"), "amber"),
    InvoiceAxis.VERIFIED.value: Badge(_("To check off"), "blue"),
    InvoiceAxis.WRITTEN_OFF.value: Badge(_("Checked off"), "green"),
}
REPORT_KINDS = {
    "output": _("Output"),
    "output_red": _("Output, red letters"),
    "input": _("Input"),
    "input_red": _("Input, red letters"),
    "withheld": _("Tax withheld"),
    "withheld_red": _("Tax withheld, given back"),
}
PROOF_REASONS = {
    "not_closed": _("on a statement that is still open"),
    "no_invoice_mode": _("on a statement without invoices"),
    "inside_price": _("tax inside the price, not posted by itself"),
    "not_issued": _("billed, not invoiced yet"),
    "other_month": _("invoiced in another month, or for an amount taken back"),
    "not_ours_to_file": _("passed on, not withheld by us"),
}
TAXPAYERS = {
    "general": _("General taxpayer"),
    "small": _("Small-scale taxpayer"),
    "individual": _("Individual"),
}
