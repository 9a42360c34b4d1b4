"""Notices in words: what happened, in the reader's language, for parties and for buyers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy

from zhanggui.parties.rules import name_in
from zhanggui.portals.desk.amounts import format_money
from zhanggui.portals.desk.badges import Badge

STATES = {
    "unread": Badge(pgettext_lazy("notice", "Unread"), "blue"),
    "read": Badge(pgettext_lazy("notice", "Read"), "grey"),
}
GROUPS = {
    "order": pgettext_lazy("notice", "Orders"), "parcel": pgettext_lazy("notice", "Parcels"),
    "return": pgettext_lazy("notice", "After-sale"), "review": pgettext_lazy("notice", "Reviews"),
    "question": pgettext_lazy("notice", "Questions"),
    "goods": pgettext_lazy("notice", "Goods"), "supply": pgettext_lazy("notice", "Supply prices"),
    "statement": pgettext_lazy("notice", "Statements"), "payout": pgettext_lazy("notice", "Payouts"),
    "refund": pgettext_lazy("notice", "Refunds"), "contract": pgettext_lazy("notice", "Contracts"),
    "application": pgettext_lazy("notice", "Applications"), "rebate": pgettext_lazy("notice", "Coupons"),
}  # fmt: skip
TO_PARTY = {
    "order.paid": gettext_lazy("Order %(subject)s is paid and waits to be shipped"),
    "order.cancelled": gettext_lazy("Order %(subject)s was called off: do not ship it"),
    "order.part_called_off": gettext_lazy(
        "What of order %(subject)s has not left was called off: do not ship it"
    ),
    "order.held": gettext_lazy("Order %(subject)s is on hold: do not ship it"),
    "parcel.lost": gettext_lazy("A parcel of order %(subject)s is lost"),
    "return.asked": gettext_lazy("After-sale %(subject)s: the buyer asks for %(amount)s"),
    "return.said": gettext_lazy("After-sale %(subject)s: the buyer has written"),
    "return.goods_sent": gettext_lazy("After-sale %(subject)s: the goods are on their way back"),
    "return.arbitration": gettext_lazy("After-sale %(subject)s: the platform decides"),
    "return.decided": gettext_lazy("After-sale %(subject)s: the platform has decided"),
    "return.withdrawn": gettext_lazy("After-sale %(subject)s: the buyer has withdrawn it"),
    "return.answer_soon": gettext_lazy("After-sale %(subject)s: your time to act ends at %(until)s"),
    "review.written": gettext_lazy("%(title)s got a review with %(rating)s stars"),
    "question.asked": gettext_lazy("%(asker)s asks you a question: %(subject)s"),
    "question.said": gettext_lazy("%(asker)s has written on in question %(subject)s"),
    "goods.accepted": gettext_lazy("%(title)s passed the review and is on sale"),
    "goods.refused": gettext_lazy("%(title)s did not pass the review: %(reason)s"),
    "goods.low": gettext_lazy("%(title)s is running low: %(left)s of %(sku)s left"),
    "supply.priced": gettext_lazy("Supply price of %(sku)s: %(amount)s from now on, %(before)s until now"),
    "statement.closed": gettext_lazy("Statement %(subject)s is closed: %(amount)s"),
    "payout.paid": gettext_lazy("Payout %(subject)s of %(amount)s is with you"),
    "payout.failed": gettext_lazy("Payout %(subject)s of %(amount)s failed: %(reason)s"),
    "payout.returned": gettext_lazy("Payout %(subject)s of %(amount)s came back: %(reason)s"),
    "contract.ending": gettext_lazy(
        "Contract %(subject)s ends on %(day)s: agree on the next one with the platform"
    ),
    "application.accepted": gettext_lazy("Application %(subject)s was accepted; this is your place here"),
}
TO_BUYER = {
    "order.paid": gettext_lazy("Order %(subject)s is paid: %(amount)s"),
    "order.cancelled": gettext_lazy("Order %(subject)s is cancelled"),
    "order.part_called_off": gettext_lazy(
        "A part of order %(subject)s is not shipped; its money goes back to you"
    ),
    "order.shipped": gettext_lazy("Order %(subject)s is on its way: %(tracking_no)s"),
    "order.handed_over": gettext_lazy("Order %(subject)s is handed over"),
    "parcel.lost": gettext_lazy("A parcel of order %(subject)s is lost; you may ask the money back"),
    "return.agreed": gettext_lazy("After-sale %(subject)s: agreed"),
    "return.refused": gettext_lazy("After-sale %(subject)s: the shop said no; you may call the platform in"),
    "return.said": gettext_lazy("After-sale %(subject)s: the shop has written"),
    "return.decided": gettext_lazy("After-sale %(subject)s: the platform has decided"),
    "return.closed": gettext_lazy("After-sale %(subject)s is closed"),
    "refund.succeeded": gettext_lazy("%(amount)s of %(subject)s went back to you"),
    "rebate.given": gettext_lazy(
        "You get back %(amount)s for %(month)s, as a coupon that can be used until %(until)s"
    ),
    "question.answered": gettext_lazy("Your question %(subject)s is answered"),
    "review.answered": gettext_lazy("The shop has answered your review of order %(subject)s"),
}


def said(kind: str, subject: str, about: Mapping[str, Any], *, to_buyer: bool = False) -> str:
    """A notice as a sentence."""
    if kind == "goods.reviewed":
        kind = "goods.accepted" if about.get("accepted") else "goods.refused"
    template = (TO_BUYER if to_buyer else TO_PARTY).get(kind)
    if template is None:
        return f"{kind} {subject}"
    return str(template) % {
        "subject": subject, "amount": _money(about, "amount_minor"), "before": _money(about, "before_minor"),
        "until": _moment(about.get("until")), "title": _name(about.get("title"), subject),
        "rating": about.get("rating", ""), "reason": about.get("reason") or "–", "sku": about.get("sku", ""),
        "left": about.get("left", ""), "day": about.get("day", ""), "asker": about.get("asker", ""),
        "tracking_no": about.get("tracking_no", ""), "month": about.get("month", ""),
    }  # fmt: skip


def _money(about: Mapping[str, Any], name: str) -> str:
    amount, currency = about.get(name), about.get("currency")
    return f"{format_money(amount, currency)} {currency}" if isinstance(amount, int) and currency else "–"


def _moment(text: Any) -> str:
    return f"{timezone.localtime(datetime.fromisoformat(text)):%Y-%m-%d %H:%M}" if text else "–"


def _name(title: Any, subject: str) -> str:
    return name_in(title, subject, get_language() or "zh") if isinstance(title, dict) else subject
