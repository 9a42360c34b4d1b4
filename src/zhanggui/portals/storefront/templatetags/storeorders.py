"""States of orders, parcels, cases and questions in a buyer's words: `{% load storeorders %}`."""

from django import template
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

register = template.Library()

ORDER = {
    "placed": _("Unpaid"), "paid": _("To be sent"), "shipped": _("On the way"), "received": _("Goods received"),
    "completed": _("Completed"), "cancelled": _("Cancelled"),
}  # fmt: skip
STEPS = {
    "placed": _("Order placed"), "paid": _("Paid"), "shipped": _("Shipped"), "received": _("Goods received"),
    "completed": _("Completed"), "cancelled": _("Cancelled"), "held": _("Held back"), "released": _("Goes on"),
    "transferred": _("Sent by somebody else"), "noted": _("Noted"),
    "part_shipped": _("A part is on the way"), "parcel_back": _("A parcel went back"),
    "parcel_lost": _("A parcel was lost"), "part_called_off": _("A part is not sent; its money goes back"),
    "put_off": _("More time to receive"),
}  # fmt: skip
PARCEL = {
    "sent": _("On the way"), "delivered": _("Delivered"), "lost": _("Lost"), "back": _("Went back"),
}  # fmt: skip
KINDS = {
    "refund_only": _("Refund only"), "return_refund": _("Return and refund"), "exchange": _("Exchange"),
    "price_protection": _("Price protection"),
}  # fmt: skip
CASE = {
    "asked": _("The shop is looking at it"),
    "refused": _("The shop said no"),
    "arbitration": _("The platform decides"),
    "awaiting_goods": _("Send the goods back"),
    "goods_sent": _("Goods on the way back"),
    "goods_back": _("The shop has the goods"),
    "refunding": _("Money on the way"),
    "refunded": _("Money given back"),
    "exchanged": _("Replacement on the way"),
    "withdrawn": _("Withdrawn"),
    "closed": pgettext_lazy("case", "Closed"),
}
QUESTION = {
    "waiting": pgettext_lazy("question", "Waits for an answer"), "answered": pgettext_lazy("question", "Answered"),
    "closed": pgettext_lazy("question", "Closed"),
}  # fmt: skip
REASONS = {
    "damaged": _("Damaged or faulty"), "wrong": _("Not what was ordered"), "late": _("Too late"),
    "not_as_described": _("Not as described"), "not_arrived": _("Did not arrive"),
    "unwanted": _("Changed my mind"), "price": _("The price fell"), "other": _("Something else"),
}  # fmt: skip


@register.filter
def order_state(code: str) -> object:
    """Where an order is."""
    return ORDER.get(code, code)


@register.filter
def order_step(code: str) -> object:
    """What happened to an order."""
    return STEPS.get(code, code)


@register.filter
def parcel_state(code: str) -> object:
    """Where a parcel is."""
    return PARCEL.get(code, code)


@register.filter
def case_kind(code: str) -> object:
    """What a buyer asks for."""
    return KINDS.get(code, code)


@register.filter
def case_state(code: str) -> object:
    """Where a case is."""
    return CASE.get(code, code)


@register.filter
def question_state(code: str) -> object:
    """Where a question is."""
    return QUESTION.get(code, code)


@register.filter
def case_reason(code: str) -> object:
    """Why something is asked for."""
    return REASONS.get(code, code)
