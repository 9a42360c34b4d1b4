"""People and their roles at a party: the list, one person, a new one. Each portal says whose and who may.

Every change asks for a fresh second factor, is written down with what was before and after, and logs the person out
elsewhere: a session begun under other roles is worth nothing any more.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhanggui.journeys.people_changed import (
    factor_reset,
    password_set,
    person_added,
    person_switched,
    role_given,
    role_taken,
)
from zhanggui.money.errors import Refusal
from zhanggui.parties.models import Membership, Party, PartyKind, Role, User
from zhanggui.parties.queries import standings
from zhanggui.parties.roles import ROLES, duties_meet, role_fits
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.factors import factor_problem, has_factor
from zhanggui.portals.desk.lists import (
    Column,
    DateTimeColumn,
    LinkColumn,
    ListPage,
    QuerySetSource,
    StatusColumn,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.sessions import end_sessions, log_out_everywhere, renew_key, sessions_of

ROLE_NAMES = {
    Role.PLATFORM_ADMIN.value: gettext_lazy("Administrator"),
    Role.PLATFORM_FINANCE.value: pgettext_lazy("role", "Finance"),
    Role.PLATFORM_CASHIER.value: gettext_lazy("Cashier"),
    Role.PLATFORM_CONTROLLER.value: gettext_lazy("Controller (checks)"),
    Role.PLATFORM_OPERATIONS.value: pgettext_lazy("role", "Operations"),
    Role.PLATFORM_SERVICE.value: pgettext_lazy("role", "Customer service"),
    Role.PLATFORM_AUDITOR.value: gettext_lazy("Auditor (reads)"),
    Role.MERCHANT_OWNER.value: gettext_lazy("Owner of the shop"),
    Role.MERCHANT_FINANCE.value: gettext_lazy("Finance of the shop"),
    Role.MERCHANT_VIEWER.value: gettext_lazy("Viewer of the shop"),
    Role.MERCHANT_STAFF.value: gettext_lazy("Orders and goods of the shop"),
    Role.SUPPLIER_OWNER.value: gettext_lazy("Owner at the supplier"),
    Role.SUPPLIER_STAFF.value: gettext_lazy("Shipping at the supplier"),
}
ACTIVE = {
    True: Badge(gettext_lazy("May log in"), "green"),
    False: Badge(gettext_lazy("Switched off"), "grey"),
}


@dataclass(frozen=True)
class Staffing:
    """One portal's view of people: at which parties roles may be changed, and where its pages are.

    `whole` lets it switch log-ins, set passwords and reset second factors, which reach beyond one party.
    """

    parties: Sequence[Party]
    list_url: str
    list_label: str
    person_url: Callable[[User], str]
    whole: bool


class PeopleList(ListPage):
    """People with the roles they hold; a portal restricts whose and gives the links."""

    title = gettext_lazy("People and roles")
    sort = "username"
    exportable = True

    def people(self) -> Any:
        """The people of this portal."""
        raise NotImplementedError

    def person_href(self, user: User) -> str:
        """Where a person's page is."""
        raise NotImplementedError

    def get_source(self) -> QuerySetSource:
        """People with their memberships."""
        return QuerySetSource(self.people().prefetch_related("memberships__party"))

    def get_filters(self) -> Sequence[Any]:
        """By name."""
        return [TextFilter("q", _("User name or name"), contains=["username", "first_name", "last_name"])]

    def roles_text(self, user: User) -> str:
        """`Cashier · Owner (tea-house)`."""
        return " · ".join(
            str(ROLE_NAMES.get(one.role, one.role))
            + ("" if one.party.kind == PartyKind.PLATFORM else f" ({one.party.code})")
            for one in self.shown_memberships(user)
        )

    def shown_memberships(self, user: User) -> list[Membership]:
        """The memberships this portal may show."""
        return list(user.memberships.all())

    def get_columns(self) -> Sequence[Column]:
        """Who, what, and whether they may log in."""
        return [
            LinkColumn("username", _("User name"), sort="username", href=self.person_href),
            TextColumn("name", _("Name"), value=lambda user: user.get_full_name() or "–", phone="sub"),
            TextColumn("roles", _("Roles"), value=self.roles_text, wrap=True),
            StatusColumn("is_active", _("Status"), badges=ACTIVE),
            DateTimeColumn("last_login", _("Last log-in"), nullable=True),
        ]


def person_page(request: HttpRequest, user: User, staffing: Staffing) -> HttpResponse:
    """One person: roles held, roles given and taken, and what a portal may do beyond."""
    problem = ""
    if request.method == "POST":
        problem = factor_problem(request) or _changed(request, user, staffing)
        if not problem:
            if user.pk == request.user.pk:
                renew_key(request)
            end_sessions(user.pk, but=_own_session(request, user))
            messages.success(request, _("%(name)s: changed.") % {"name": user.get_username()})
            return HttpResponseRedirect(request.path)
    ids = {party.id for party in staffing.parties}
    shown = [one for one in standings(user) if staffing.whole or one.party.id in ids]
    context = {
        "title": user.get_full_name() or user.get_username(), "person": user, "staffing": staffing,
        "problem": problem, "typed": request.POST, "enrolled": has_factor(user), "is_me": user == request.user,
        "held": [(one.party, [(role, ROLE_NAMES.get(role, role)) for role in sorted(one.roles)]) for one in shown],
        "sessions": sessions_of(user.pk) if staffing.whole else [],
        "choices": role_choices(staffing), "meet": any(duties_meet(one.roles) for one in shown),
        "breadcrumbs": [(staffing.list_label, staffing.list_url), (user.get_username(), "")],
    }  # fmt: skip
    return render(request, "desk/staff_person.html", context, status=422 if problem else 200)


def _own_session(request: HttpRequest, user: User) -> str:
    """The session that stays: this one, when somebody changes themselves."""
    return request.session.session_key or "" if user.pk == request.user.pk else ""


def new_person_page(request: HttpRequest, staffing: Staffing) -> HttpResponse:
    """A log-in for somebody new, with a first role."""
    problem = ""
    if request.method == "POST":
        problem = factor_problem(request) or _added(request, staffing)
        if not problem:
            return HttpResponseRedirect(staffing.list_url)
    context = {
        "title": _("New person"), "staffing": staffing, "problem": problem, "typed": request.POST,
        "choices": role_choices(staffing),
        "breadcrumbs": [(staffing.list_label, staffing.list_url), (_("New person"), "")],
    }  # fmt: skip
    return render(request, "desk/staff_new.html", context, status=422 if problem else 200)


def role_choices(staffing: Staffing) -> list[tuple[str, Any]]:
    """Roles that can be given at one of the parties, `party:role` with their names."""
    several = len(staffing.parties) > 1
    return [
        (f"{party.code}:{role}", f"{ROLE_NAMES[role]} ({party.code})" if several else ROLE_NAMES[role])
        for party in staffing.parties
        for role in ROLES
        if role_fits(role, party.kind)
    ]


def _chosen(request: HttpRequest, staffing: Staffing) -> tuple[Party, str] | None:
    code, _colon, role = request.POST.get("role", "").rpartition(":")
    party = next((one for one in staffing.parties if one.code == code), None)
    return (party, role) if party is not None and role in ROLES else None


def _added(request: HttpRequest, staffing: Staffing) -> str:
    chosen = _chosen(request, staffing)
    if chosen is None:
        return _("Choose a role.")
    try:
        user = person_added(
            username=request.POST.get("username", "").replace("\x00", ""),
            password=request.POST.get("password", ""), full_name=request.POST.get("name", "").replace("\x00", ""),
            party=chosen[0], role=chosen[1], at=timezone.now(), actor=request.user.get_username(),
        )  # fmt: skip
    except Refusal as refusal:
        return refusal_text(refusal)
    messages.success(request, _("%(name)s can log in now.") % {"name": user.get_username()})
    return ""


def _changed(request: HttpRequest, user: User, staffing: Staffing) -> str:
    """Do what the button says; the sentence of what keeps it from being done, empty when done."""
    how = {"at": timezone.now(), "actor": request.user.get_username()}
    act, chosen = request.POST.get("act", ""), _chosen(request, staffing)
    try:
        if act in ("give", "take"):
            if chosen is None:
                return _("Choose a role.")
            change = role_given if act == "give" else role_taken
            change(user=user, party=chosen[0], role=chosen[1], **how)
        elif not staffing.whole:
            return _("Your role does not include this action.")
        elif act in ("on", "off"):
            person_switched(user=user, active=act == "on", **how)
        elif act == "password":
            password_set(user=user, password=request.POST.get("password", ""), **how)
        elif act == "factor":
            if user.pk == request.user.pk:
                return _("Change your own second factor under “Security of my account”.")
            factor_reset(user=user, **how)
        elif act == "sessions":
            log_out_everywhere(user, but=_own_session(request, user), **how)
        else:
            return _("Choose what to do.")
    except Refusal as refusal:
        return refusal_text(refusal)
    return ""
