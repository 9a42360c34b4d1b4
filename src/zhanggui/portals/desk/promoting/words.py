"""Promotions in words, and their badges."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from zhanggui.money.decimals import format_grouped
from zhanggui.parties.rules import name_in
from zhanggui.portals.desk.amounts import format_rate
from zhanggui.portals.desk.badges import Badge
from zhanggui.trade.pricing.models import FreightBasis, FreightRow, FreightTemplate
from zhanggui.trade.promotions.models import Coupon, SpendAndSave

STATES: Final[dict[str, Badge]] = {
    "open": Badge(pgettext_lazy("promotion", "Running"), "green"),
    "soon": Badge(pgettext_lazy("promotion", "To come"), "blue"),
    "gone": Badge(pgettext_lazy("promotion", "All claimed"), "grey"),
    "ended": Badge(pgettext_lazy("promotion", "Ended"), "grey"),
    "closed": Badge(pgettext_lazy("promotion", "Closed"), "grey"),
}
"""Where a coupon or a spend-and-save rule stands at a moment."""
SWITCHED: Final[dict[bool, Badge]] = {
    True: Badge(pgettext_lazy("template", "In use"), "green"),
    False: Badge(pgettext_lazy("template", "Closed"), "grey"),
}


def _state(*gone: When, starts: str, ends: str, at: datetime) -> Case:
    return Case(
        When(active=False, then=Value("closed")), When(**{f"{ends}__lte": at}, then=Value("ended")),
        When(**{f"{starts}__gt": at}, then=Value("soon")), *gone, default=Value("open"), output_field=CharField(),
    )  # fmt: skip


def coupons_at(at: datetime) -> QuerySet[Any]:
    """Coupons with where they stand at a moment, and how many are reserved and used."""
    gone = When(claimed__gte=F("total"), then=Value("gone"))
    return Coupon.objects.annotate(
        state=_state(gone, starts="claim_starts_at", ends="claim_ends_before", at=at),
        reserved=Count("held", filter=Q(held__state="reserved")), used=Count("held", filter=Q(held__state="used")),
    )  # fmt: skip


def savings_at(at: datetime) -> QuerySet[Any]:
    """Spend-and-save rules with where they stand at a moment."""
    return SpendAndSave.objects.annotate(state=_state(starts="starts_at", ends="ends_before", at=at))


def promotion_name(row: Coupon | SpendAndSave | FreightTemplate) -> str:
    """The name in the reader's language."""
    return name_in(row.name, row.code, get_language() or "en")


def coupon_offer(row: Coupon) -> str:
    """What a coupon takes off, in words."""
    if row.amount_minor:
        off = _("%(amount)s off") % {"amount": format_grouped(row.amount_minor, row.currency)}
    else:
        off = _("%(rate)s off") % {"rate": format_rate(row.off_ppm)}
        if row.most_minor:
            most = format_grouped(row.most_minor, row.currency)
            off = _("%(off)s, at most %(most)s") % {"off": off, "most": most}
    if not row.from_minor:
        return off
    return _("%(off)s from %(bound)s") % {"off": off, "bound": format_grouped(row.from_minor, row.currency)}


def steps_offer(row: SpendAndSave) -> str:
    """What a rule saves, step by step, in words."""
    return " · ".join(
        _("%(off)s from %(bound)s")
        % {
            "off": _("%(amount)s off") % {"amount": format_grouped(off, row.currency)},
            "bound": format_grouped(bound, row.currency),
        }
        for bound, off in row.steps
    )


def scope_words(row: Coupon | SpendAndSave) -> str:
    """What goods it is for."""
    parts: Sequence[str] = [*row.categories, *row.spus]
    return ", ".join(parts) if parts else _("All goods")


def freight_words(row: FreightRow, basis: str, currency: str) -> str:
    """One row of a template in words."""
    amounts = {
        "first": row.first_units, "first_minor": format_grouped(row.first_minor, currency),
        "next": row.next_units, "next_minor": format_grouped(row.next_minor, currency),
    }  # fmt: skip
    if basis == FreightBasis.WEIGHT:
        return _("%(first)s g: %(first_minor)s, every %(next)s g more: %(next_minor)s") % amounts
    return _("%(first)s pieces: %(first_minor)s, every %(next)s more: %(next_minor)s") % amounts
