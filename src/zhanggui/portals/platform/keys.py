"""Keys of programs: the list, a new one whose secret is shown this once, ending one."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhanggui.journeys.people_changed import key_issued, key_revoked
from zhanggui.money.errors import Refusal
from zhanggui.parties.errors import UnknownKey
from zhanggui.parties.models import ApiKey, Party
from zhanggui.parties.queries import key_by_number, key_state, memberships_of, person
from zhanggui.parties.roles import ROLES
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Action, Detail, Fact
from zhanggui.portals.desk.factors import factor_problem
from zhanggui.portals.desk.lists import (
    Column,
    DateTimeColumn,
    LinkColumn,
    ListPage,
    QuerySetSource,
    SelectFilter,
    StatusColumn,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.staffing import ROLE_NAMES
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.guarded.documents import (
    Field,
    Form,
    Incomplete,
    Typed,
    acted,
    document_page,
    form_page,
)

STATES = {
    "valid": Badge(pgettext_lazy("key", "Valid"), "green"),
    "orphaned": Badge(gettext_lazy("Person or role gone"), "amber"),
    "expired": Badge(gettext_lazy("Expired"), "grey"),
    "revoked": Badge(gettext_lazy("Revoked"), "grey"),
}
USUAL_DAYS = 365


class KeyList(ListPage):
    """Every key that was issued, without its secret."""

    name = "platform.keys"
    title = gettext_lazy("Keys of programs")
    permission = "security.view"
    template = "platform/list.html"
    sort = "-created_at"
    empty = gettext_lazy("No program has a key. Issue one with the button above.")

    def get_source(self) -> QuerySetSource:
        """Keys with their people."""
        return QuerySetSource(ApiKey.objects.select_related("user", "party"))

    def page_actions(self) -> list[Action]:
        """Issue one."""
        if not may(self.user, "security.change"):
            return []
        return [Action(_("New key"), reverse("platform:new_key"), kind="primary")]

    def get_filters(self) -> Sequence[Any]:
        """By person, label and role."""
        return [
            TextFilter("q", _("Person or label"), contains=["user__username", "label"], starts=["hint"]),
            SelectFilter("role", _("Role"), [(role, ROLE_NAMES[role]) for role in ROLES]),
        ]

    @cached_property
    def _alive(self) -> dict[tuple[int, int, str], bool]:
        return memberships_of(self.slice.rows)

    def state(self, key: ApiKey) -> str:
        """Whether a key works; exports ask one by one."""
        return key_state(key, timezone.now(), self._alive or memberships_of([key]))

    def get_columns(self) -> Sequence[Column]:
        """Whose, what for, until when, and whether it is used."""
        return [
            LinkColumn("hint", _("Key"), value=lambda r: f"#{r.id} {r.hint}",
                       href=lambda r: reverse("platform:key", args=[r.id])),
            StatusColumn("state", _("Status"), badges=STATES, value=self.state, phone="badge"),
            TextColumn("label", _("What for"), wrap=True, phone="sub"),
            TextColumn("user", _("Person"), value=lambda r: r.user.username, phone="line"),
            TextColumn("role", _("Role"), value=lambda r: ROLE_NAMES.get(r.role, r.role), sort="role", phone="line"),
            TextColumn("party", _("Party"), value=lambda r: r.party.code, code=True, phone="line"),
            DateTimeColumn("created_at", _("Issued"), sort="created_at", phone=""),
            DateTimeColumn("expires_at", _("Ends"), sort="expires_at", nullable=True, phone="line"),
            DateTimeColumn("last_used_at", _("Last used"), sort="last_used_at", nullable=True, phone="line"),
        ]  # fmt: skip


@needs("security.change")
def new_key(request: HttpRequest) -> HttpResponse:
    """Issue a key; the page that answers shows its secret, and nothing ever does again."""
    problem = ""
    if request.method == "POST":
        problem = factor_problem(request)
        if not problem:
            try:
                key, secret = _issued(request)
            except Incomplete as missing:
                problem = str(missing)
            except Refusal as refusal:
                problem = refusal_text(refusal)
            else:
                answer = render(request, "platform/key_issued.html", {
                    "title": _("Key issued"), "key": key, "secret": secret,
                    "breadcrumbs": [(_("Keys of programs"), reverse("platform:keys")), (f"#{key.id}", "")],
                })  # fmt: skip
                answer["Cache-Control"] = "no-store"
                return answer
    usual = timezone.localdate() + timedelta(days=USUAL_DAYS)
    form = Form(
        "make", _("The key"), _("Issue it"),
        [
            Field("user", _("User name of the person it acts for")),
            Field("role", _("Role, which the person must hold"), "select",
                  [(role, ROLE_NAMES[role]) for role in ROLES]),
            Field("party", _("Party at which the role is held"), value="platform"),
            Field("label", _("What it is for")),
            Field("expires", _("Last day on which it works"), "day", value=f"{usual}"),
        ],
        _("A key can do what its role can, and ends with the role, the log-in and its last day."), fresh=True,
    ).typed(request.POST)  # fmt: skip
    return form_page(request, _("New key"), forms=[form], problem=problem, back=reverse("platform:keys"))


def _issued(request: HttpRequest) -> tuple[ApiKey, str]:
    typed = Typed(request.POST.dict(), request.FILES)
    last = typed.a_day("expires")
    return key_issued(
        user=person(typed.text("user")), party=typed.of(Party.objects, "party"),
        role=typed.one_of("role", ROLES), label=typed.text("label"), at=timezone.now(),
        actor=request.user.get_username(),
        expires_at=datetime.combine(last + timedelta(days=1), time.min, timezone.get_default_timezone()),
    )  # fmt: skip


@needs("security.view")
def key_page(request: HttpRequest, key_id: int) -> HttpResponse:
    """One key, and ending it."""
    try:
        key = key_by_number(key_id)
    except UnknownKey as unknown:
        raise Http404(refusal_text(unknown)) from unknown

    def revoke(typed: Typed) -> None:
        key_revoked(number=key.id, at=timezone.now(), actor=request.user.get_username())

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(
            request, "security.change", {"revoke": revoke}, _("The key is revoked."), fresh=True
        )
    if gone:
        return gone
    state = key_state(key, timezone.now(), memberships_of([key]))
    facts = [
        Fact(_("Person"), key.user.username, href=reverse("platform:person", args=[key.user_id])),
        Fact(_("Role"), ROLE_NAMES.get(key.role, key.role)), Fact(_("Party"), key.party.code),
        Fact(_("What for"), key.label or "–"), Fact(_("Issued"), _when(key.created_at)),
        Fact(_("Ends"), _when(key.expires_at)), Fact(_("Last used"), _when(key.last_used_at)),
        *([Fact(_("Revoked"), _when(key.revoked_at))] if key.revoked_at else []),
    ]  # fmt: skip
    forms = []
    if key.revoked_at is None and may(request.user, "security.change"):
        note = _("The program that has it is refused from now on. This cannot be undone.")
        forms.append(Form("revoke", _("Revoke the key"), _("Revoke"), [], note, danger=True, fresh=True))
    detail = Detail(
        number=f"#{key.id} {key.hint}", kind=_("Key"), badge=STATES[state], facts=facts,
        breadcrumbs=[(_("Keys of programs"), reverse("platform:keys"))],
    )  # fmt: skip
    return document_page(request, detail, forms=forms, problem=problem)


def _when(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else "–"
