"""How much each role may approve (审批额度): the limits in force, setting one, what was set before."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.approvals.models import ApprovalLimit
from zhanggui.approvals.rules import ANY
from zhanggui.audit.models import AuditRecord
from zhanggui.journeys.approval_limit_set import KINDS, ROLES, approval_limit_set
from zhanggui.portals.desk.amounts import format_integer, format_money
from zhanggui.portals.desk.details import Action
from zhanggui.portals.desk.lists import (
    Column,
    ListPage,
    QuerySetSource,
    SelectFilter,
    TextColumn,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.staffing import ROLE_NAMES
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.arrangements.history import history_of
from zhanggui.portals.platform.guarded.documents import Field, Form, Incomplete, Typed, acted, form_page
from zhanggui.portals.platform.names import currencies
from zhanggui.portals.platform.words import APPROVAL_KINDS

EVERY_KIND = gettext_lazy("Every kind without a limit of its own")
EVERY_CURRENCY = gettext_lazy("Every currency")


def kind_name(kind: str) -> Any:
    """A kind of document in words."""
    return EVERY_KIND if kind == ANY else APPROVAL_KINDS.get(kind, kind)


class LimitList(ListPage):
    """The limits in force. A role without one approves nothing."""

    name = "platform.limits"
    title = gettext_lazy("Approval limits")
    permission = "approvals.view"
    template = "platform/list.html"
    sort = "role"
    empty = gettext_lazy("Nobody may approve anything yet: set a limit for a role with the button above.")

    def get_source(self) -> QuerySetSource:
        """Limits."""
        return QuerySetSource(ApprovalLimit.objects.all())

    def page_actions(self) -> list[Action]:
        """Set one, or see what was set before."""
        if not may(self.user, "limits.change"):
            return [Action(_("History"), reverse("platform:limit"))]
        return [Action(_("Set a limit"), reverse("platform:limit"), kind="primary")]

    def get_filters(self) -> Sequence[Any]:
        """By role and kind."""
        return [
            SelectFilter("role", _("Role"), [(role, ROLE_NAMES[role]) for role in ROLES]),
            SelectFilter("kind", _("Kind"), [(kind, kind_name(kind)) for kind in KINDS]),
        ]

    def get_columns(self) -> Sequence[Column]:
        """Who, of what, how much."""
        return [
            TextColumn("role", _("Role"), value=lambda r: ROLE_NAMES.get(r.role, r.role), sort="role", phone="title"),
            TextColumn("kind", _("Kind"), value=lambda r: kind_name(r.kind), sort="kind", wrap=True),
            TextColumn("currency", _("Currency"), sort="currency",
                       value=lambda r: EVERY_CURRENCY if r.currency == ANY else r.currency),
            MostColumn("max_minor", _("May approve"), value=lambda r: most(r.max_minor, r.currency), phone="amount"),
            MostColumn("checks_needed_above_minor", _("Two people above"),
                       value=lambda r: _above(r.checks_needed_above_minor, r.currency)),
        ]  # fmt: skip


class MostColumn(TextColumn):
    """An amount or a word, set to the right as amounts are."""

    def cell_class(self, value: Any) -> str:
        return "num"


def most(minor: int | None, currency: str) -> str:
    """The most that may be approved, in words."""
    if minor is None:
        return _("Any amount")
    if minor == 0:
        return _("Nothing")
    return _above(minor, currency)


def _above(minor: int | None, currency: str) -> str:
    if minor is None:
        return ""
    if currency == ANY:  # one number for all: each currency reads it in its own smallest unit
        return _("%(count)s of the smallest unit") % {"count": format_integer(minor)}
    return f"{currency} {format_money(minor, currency)}"


def _told(record: AuditRecord) -> tuple[str, str]:
    _role, _slash, rest = record.object_id.partition("/")
    _kind, _slash, currency = rest.partition("/")

    def told(values: Any) -> str:
        if not values:
            return "–"
        parts = [
            f"{ROLE_NAMES.get(_role, _role)} · {kind_name(_kind)}",
            most(values.get("max_minor"), currency),
        ]
        if values.get("two_above_minor") is not None:
            parts.append(
                _("two people above %(amount)s") % {"amount": _above(values["two_above_minor"], currency)}
            )
        return " · ".join(parts)

    return told(record.before), told(record.after)


@needs("approvals.view")
def limit_page(request: HttpRequest) -> HttpResponse:
    """Set a limit; what was set before is below."""

    def make(typed: Typed) -> str:
        currency = typed.text("currency")

        def amount(name: str) -> int | None:
            if not typed.text(name, required=False):
                return None
            if currency != ANY:
                return typed.amount(name, currency)
            if typed.text(name) != "0":
                raise Incomplete(_("Choose the currency of the amount."))
            return 0

        change = approval_limit_set(
            role=typed.text("role"), kind=typed.text("kind"), currency=currency, max_minor=amount("most"),
            two_above_minor=amount("two_above"), at=timezone.now(), actor=request.user.get_username(),
        )  # fmt: skip
        if change.approval is not None:
            messages.info(request, _("It allows more than before, so it waits for a second person."))
            return reverse("platform:approval", args=[change.approval.id])
        messages.success(request, _("The limit is set."))
        return reverse("platform:limits")

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(request, "limits.change", {"make": make}, "", fresh=True)
    if gone:
        return gone
    form = Form(
        "make", _("The limit"), _("Set it"),
        [
            Field("role", _("Role"), "select", [(role, ROLE_NAMES[role]) for role in ROLES]),
            Field("kind", _("Kind"), "select", [(kind, kind_name(kind)) for kind in KINDS]),
            Field("currency", _("Currency"), "select",
                  [(ANY, EVERY_CURRENCY), *((code, code) for code in currencies())]),
            Field("most", _("May approve at most; empty: any amount; 0: nothing"), "amount", required=False),
            Field("two_above", _("Two people are needed above; empty: one is enough"), "amount", required=False),
        ],
        _("It holds for documents that are put up or decided from now on. A higher limit waits for a second person,"
          " who may approve as much."), fresh=True,
    ).typed(request.POST)  # fmt: skip
    return form_page(
        request, _("Set a limit") if may(request.user, "limits.change") else _("Approval limits"),
        forms=[form] if may(request.user, "limits.change") else [], problem=problem,
        back=reverse("platform:limits"), tables=[history_of("approval_limit", told=_told)],
    )  # fmt: skip
