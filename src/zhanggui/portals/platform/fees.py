"""The fee catalogue: every fee type with its direction, what happens on a return, and its counter account."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.portals.desk.lists import (
    Column,
    IntegerColumn,
    LinkColumn,
    ListPage,
    QuerySetSource,
    SelectFilter,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.platform.names import chinese, group_names, purpose_choices, purpose_name
from zhanggui.portals.platform.words import FEE_SOURCES, GRANULARITIES, INVOICES, REVERSE_POLICIES
from zhanggui.settlement.fees.models import FeeType

SIGNS = {
    1: gettext_lazy("To the merchant (+)"),
    -1: gettext_lazy("From the merchant (−)"),
    0: gettext_lazy("Either way"),
}


class FeeList(ListPage):
    """Fee types."""

    name = "platform.fees"
    title = gettext_lazy("Fee types")
    permission = "fees.view"
    sort = "sort"
    page_size = 200

    def get_source(self) -> QuerySetSource:
        """The catalogue."""
        return QuerySetSource(FeeType.objects.all())

    def get_filters(self) -> Sequence[Any]:
        """By group, direction, return and invoice."""
        return [
            TextFilter(
                "q",
                _("Name or code"),
                clause=lambda text: (
                    Q(code__icontains=text) | Q(name__zh__icontains=text) | Q(name__en__icontains=text)
                ),
            ),
            SelectFilter("group", _("Group"), list(group_names().items())),
            SelectFilter("sign", _("Direction"), list(SIGNS.items()), read=int),
            SelectFilter(
                "policy", _("On a return"), list(REVERSE_POLICIES.items()), field="reverse_policy", read=int
            ),
            SelectFilter("invoice", _("Invoice"), list(INVOICES.items())),
            SelectFilter("purpose", _("Counter account"), purpose_choices, field="counter_purpose"),
        ]

    def get_columns(self) -> Sequence[Column]:
        """Both names, the one of the request first."""
        groups, ours, other = group_names(), *(("zh", "en") if chinese() else ("en", "zh"))
        return [
            LinkColumn(
                "name",
                _("Fee type"),
                value=lambda r: r.name.get(ours, r.code),
                href=lambda r: reverse("platform:details") + f"?fee={r.id}&days=recent_year",
            ),
            TextColumn(
                "other_name",
                _("Name in English") if chinese() else _("Name in Chinese"),
                value=lambda r: r.name.get(other, ""),
                phone="sub",
            ),
            TextColumn("code", _("Code"), code=True, sort="code", phone=""),
            TextColumn("group", _("Group"), value=lambda r: groups.get(r.group, r.group), sort="group"),
            TextColumn("sign", _("Direction"), value=lambda r: SIGNS[r.sign]),
            TextColumn(
                "reverse_policy", _("On a return"), value=lambda r: REVERSE_POLICIES.get(r.reverse_policy)
            ),
            TextColumn(
                "source", _("Usual source"), value=lambda r: FEE_SOURCES.get(r.source, r.source), phone=""
            ),
            TextColumn(
                "counter_purpose",
                _("Counter account"),
                sort="counter_purpose",
                value=lambda r: f"{r.counter_purpose} {purpose_name(r.counter_purpose)}",
            ),
            TextColumn("invoice", _("Invoice"), value=lambda r: INVOICES.get(r.invoice, r.invoice), phone=""),
            TextColumn(
                "granularity",
                _("Usual granularity"),
                shown=False,
                phone="",
                value=lambda r: GRANULARITIES.get(r.granularity, r.granularity),
            ),
            IntegerColumn("sort", _("Place"), sort="sort", shown=False, phone=""),
        ]
