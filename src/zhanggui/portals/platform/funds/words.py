"""What the figures of the funds view are called."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhanggui.portals.desk.badges import Badge

STANDINGS = {
    "pending": _("Pending, not billable yet"),
    "billed": _("Billed on statements"),
    "available": _("Confirmed, available"),
    "reserved": _("Reserved or frozen"),
    "in_transit": _("Payouts in transit"),
    "deposits": _("Deposits"),
    "debts": _("Debts of merchants"),
    "bank": _("At banks"),
    "gateway_unsettled": _("At channels, unsettled"),
    "gateway_available": _("At channels, available"),
    "gateway_frozen": _("At channels, frozen"),
    "gateway_payouts": _("At channels, payouts not in a bill yet"),
    "refunds_payable": _("Refunds payable"),
    "unclaimed": _("Unclaimed receipts"),
    "suspense": _("In suspense"),
    "tax": _("Tax payable"),
}
PLACES = {
    "pending": Badge(_("Pending"), "grey"),
    "accruing": Badge(_("Accruing"), "blue"),
    "confirming": Badge(_("To confirm"), "amber"),
    "confirmed": Badge(_("Confirmed"), "green"),
    "paying": Badge(pgettext_lazy("order", "Being paid out"), "blue"),
    "paid": Badge(pgettext_lazy("order", "Paid out"), "green"),
    "carried": Badge(_("Carried on"), "grey"),
    "none": Badge("–", "grey"),
}
