"""The fee catalogue: every fee type with its direction, what happens on a return, and its counter account."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.journeys.fee_type_added import fee_type_added
from zhanggui.portals.desk.details import Action
from zhanggui.portals.desk.languages import chinese
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
from zhanggui.portals.desk.people import may
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.guarded.documents import Field, Form, Typed, acted, form_page
from zhanggui.portals.platform.names import group_names, purpose_choices, purpose_name
from zhanggui.portals.platform.words import FEE_SOURCES, GRANULARITIES, INVOICES, REVERSE_POLICIES
from zhanggui.settlement.fees.catalogue.entries import REVERSE_POLICIES as POLICY_NUMBERS
from zhanggui.settlement.fees.models import FeeType
from zhanggui.settlement.fees.operations.add_fee_type import BY_DOCUMENT, FIRST_OWN_ID, counters

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

    def page_actions(self) -> list[Action]:
        """Add one, for those who publish rules."""
        if not may(self.user, "rules.publish"):
            return []
        return [Action(_("Add a fee type"), reverse("platform:new_fee"), kind="primary")]

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
            SelectFilter(
                "own",
                _("Whose"),
                [("yes", _("Added here")), ("no", _("Of the catalogue"))],
                clause=lambda told: Q(id__gte=FIRST_OWN_ID) if told == "yes" else Q(id__lt=FIRST_OWN_ID),
            ),
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


@needs("rules.publish")
def new_fee(request: HttpRequest) -> HttpResponse:
    """Add a fee type of one's own."""

    def make(typed: Typed) -> str:
        sign = typed.one_of("sign", [str(one) for one in SIGNS])
        row = fee_type_added(
            code=typed.text("code"), zh=typed.text("zh"), en=typed.text("en"), group=typed.text("group"),
            sign=int(sign), reverse=typed.text("reverse"), granularity=typed.text("granularity"),
            source=typed.text("source"), counter_purpose=typed.text("counter"), invoice=typed.text("invoice"),
            at=timezone.now(), actor=request.user.get_username(),
        )  # fmt: skip
        return reverse("platform:fees") + f"?q={row.code}"

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(
            request, "rules.publish", {"make": make}, _("The fee type is in the catalogue.")
        )
    if gone:
        return gone
    # Nothing is chosen beforehand where a wrong choice would stand in the books for good.
    groups = [("", "–"), *((code, name) for code, name in group_names().items() if code not in BY_DOCUMENT)]
    form = Form(
        "make", _("Fee type"), _("Add it"),
        [
            Field("code", _("Code: small letters and underscores, such as `late_pickup_fee`")),
            Field("group", _("Group"), "select", groups),
            Field("zh", _("Name in Chinese")), Field("en", _("Name in English")),
            Field("sign", _("Direction"), "select", [(str(one), label) for one, label in SIGNS.items()], value="-1"),
            Field("counter", _("Counter account"), "select",
                  [("", "–"), *((code, f"{code} {purpose_name(code)}") for code in counters())]),
            Field("reverse", _("On a return"), "select",
                  [(code, REVERSE_POLICIES[number]) for code, number in POLICY_NUMBERS.items()], value="pro_rata"),
            Field("granularity", _("Usual granularity"), "select", list(GRANULARITIES.items()), value="sku"),
            Field("source", _("Usual source"), "select", list(FEE_SOURCES.items())),
            Field("invoice", _("Invoice"), "select", list(INVOICES.items())),
        ],
        _("Billing details freeze it: once added, nothing of it changes again. A fee that behaves otherwise is a new"
          " fee type. Deposits, reserves and balances carried move by documents of their own."),
    ).typed(request.POST)  # fmt: skip
    return form_page(
        request, _("Add a fee type"), forms=[form], problem=problem, back=reverse("platform:fees")
    )
