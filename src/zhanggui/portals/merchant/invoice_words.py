"""What stations of invoices are called for merchants, with their fixed colours."""

from django.utils.translation import gettext_lazy as _

from zhanggui.portals.desk.badges import Badge
from zhanggui.settlement.statements.models import InvoiceAxis

AXES = {
    InvoiceAxis.PENDING.value: Badge(_("Not drafted yet"), "grey"),
    InvoiceAxis.NONE.value: Badge(_("Nothing to invoice"), "grey"),
    InvoiceAxis.TO_ISSUE.value: Badge(_("Being issued by the platform"), "blue"),
    InvoiceAxis.ISSUED.value: Badge(_("Issued by the platform"), "green"),
    InvoiceAxis.TO_RECEIVE.value: Badge(_("Yours to issue"), "amber"),
    InvoiceAxis.RECEIVED.value: Badge(_("Being verified"), "blue"),
    InvoiceAxis.VERIFIED.value: Badge(_("Accepted"), "green"),
    InvoiceAxis.WRITTEN_OFF.value: Badge(_("Done"), "green"),
}
INVOICES = {
    "draft": Badge(_("Being issued by the platform"), "blue"),
    "issued": Badge(_("Issued by the platform"), "green"),
    "expected": Badge(_("Yours to issue"), "amber"),
    "received": Badge(_("Being verified"), "blue"),
    "verified": Badge(_("Accepted"), "green"),
    "written_off": Badge(_("Done"), "green"),
    "voided": Badge(_("Withdrawn"), "grey"),
}
SENT = {
    "received": Badge(_("Being verified"), "blue"),
    "verifying": Badge(_("Being verified"), "blue"),
    "verified": Badge(_("Accepted"), "green"),
    "rejected": Badge(_("Turned down"), "red"),
}
