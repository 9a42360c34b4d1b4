"""Applications to open a shop or to supply (入驻审核): the list, one of them, accepting and rejecting."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zhanggui.journeys.application_decided import application_accepted, application_rejected
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Action, Detail, Fact
from zhanggui.portals.desk.goods import named
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    LinkColumn,
    ListPage,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.guarded.documents import Field, Form, Typed, acted, document_page
from zhanggui.trade.applications.errors import UnknownApplication
from zhanggui.trade.applications.models import Application, ApplicationState
from zhanggui.trade.applications.queries import application_by_number, licence_of
from zhanggui.trade.catalogue.models import Category

STATES = {
    "waiting": Badge(pgettext_lazy("application", "To decide"), "amber"),
    "accepted": Badge(pgettext_lazy("application", "Accepted"), "green"),
    "rejected": Badge(pgettext_lazy("application", "Not accepted"), "grey"),
}
KINDS = {
    "merchant": pgettext_lazy("application", "Shop"),
    "supplier": pgettext_lazy("application", "Supplier"),
}
ENTITY_KINDS = {
    "company": pgettext_lazy("application", "Company"),
    "sole_trader": pgettext_lazy("application", "Sole trader"),
    "cooperative": pgettext_lazy("application", "Cooperative"),
}
NAMES = ("id", "number", "state", "kind", "entity_kind", "name", "credit_code", "contact", "phone", "asked_at",
         "decided_at", "decided_by")  # fmt: skip
FIELDS = {name: f"a.{name}" for name in NAMES}
CONTENT = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


class ApplicationList(ListPage):
    """Who wants to come in, and what was said to it."""

    name = "platform.applications"
    title = gettext_lazy("Applications of shops")
    permission = "applications.view"
    sort = "-asked_at"
    tabs = StatusTabs.of("state", STATES)
    empty = gettext_lazy("Nobody has applied yet. The form is in the mall, under “Open a shop”.")

    def get_source(self) -> SqlSource:
        """Applications."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        return SqlSource(select=f"select {selected} from trade_application a where {{where}}", fields=FIELDS)

    def get_filters(self) -> Sequence[Any]:
        """By words, kind, day."""
        return [
            TextFilter(
                "q",
                _("Number, social credit code or name"),
                starts=["number", "credit_code"],
                contains=["name"],
            ),
            SelectFilter("kind", _("Kind"), list(KINDS.items())),
            DateRangeFilter("asked", pgettext("application", "Sent"), field="asked_at"),
        ]

    def get_columns(self) -> Sequence[Column]:
        """Who, what, when, and what came of it."""
        return [
            LinkColumn("number", pgettext("application", "Application"), sort="number",
                       href=lambda r: reverse("platform:application", args=[r.number])),
            StatusColumn("state", _("Status"), badges=STATES),
            TextColumn("kind", _("Kind"), value=lambda r: KINDS[r.kind], phone="line"),
            TextColumn("name", pgettext("application", "Name on the licence"), sort="name", wrap=True, phone="sub"),
            TextColumn("credit_code", _("Unified social credit code"), code=True, phone="line"),
            TextColumn("contact", pgettext("application", "Contact"), value=lambda r: f"{r.contact} {r.phone}",
                       phone="line"),
            DateTimeColumn("asked_at", pgettext("application", "Sent"), sort="asked_at", phone="line"),
            DateTimeColumn("decided_at", pgettext("application", "Decided"), sort="decided_at", nullable=True,
                           phone=""),
            TextColumn("decided_by", _("By"), value=lambda r: actor_name(r.decided_by), phone=""),
        ]  # fmt: skip


def _read(number: str) -> Application:
    try:
        return application_by_number(number)
    except UnknownApplication:
        raise Http404(_("There is no such application.")) from None


@needs("applications.view")
def application_page(request: HttpRequest, number: str) -> HttpResponse:
    """One application; accept it, or reject it with a reason."""
    row = _read(number)

    def accept(typed: Typed) -> None:
        application_accepted(
            number=number, code=typed.text("code"), username=typed.text("username"), at=timezone.now(),
            actor=request.user.get_username(),
        )  # fmt: skip

    def reject(typed: Typed) -> None:
        application_rejected(
            number=number, reason=typed.text("reason"), at=timezone.now(), actor=request.user.get_username()
        )

    problem, gone = "", None
    if request.method == "POST":
        acts = {"accept": accept, "reject": reject}
        done = (
            _("The party is open.")
            if request.POST.get("act") == "accept"
            else _("The application is rejected.")
        )
        problem, gone = acted(request, "applications.decide", acts, done)
    if gone:
        return gone
    forms = _forms(request) if row.state == ApplicationState.WAITING else []
    return document_page(request, _detail(row), forms=forms, problem=problem)


def _forms(request: HttpRequest) -> list[Form]:
    if not may(request.user, "applications.decide"):
        return []
    accept = Form(
        "accept", pgettext("application", "Accept"), pgettext("application", "Accept"),
        [
            Field("code", _("Code; orders and charges name the party by it, and it never changes")),
            Field("username", _("User name of its owner")),
        ],
        _("Opens the party and its owner’s log-in at once. The applicant chooses the password on the"
          " application’s own page, once."),
    )  # fmt: skip
    reject = Form(
        "reject", pgettext("application", "Reject"), pgettext("application", "Reject"),
        [Field("reason", _("Reason; the applicant reads it"))], danger=True,
    )  # fmt: skip
    return [form.typed(request.POST) for form in (accept, reject)]


def _detail(row: Application) -> Detail:
    names = {one.code: named(one.name, one.code) for one in Category.objects.filter(code__in=row.categories)}
    licence = reverse("platform:application_licence", args=[row.number])
    facts = [
        Fact(_("Kind"), KINDS[row.kind]),
        Fact(pgettext("application", "Kind of business"), ENTITY_KINDS[row.entity_kind]),
        Fact(pgettext("application", "Name on the licence"), row.name),
        Fact(_("Unified social credit code"), row.credit_code, copy=True),
        Fact(pgettext("application", "Contact"), row.contact),
        Fact(_("Telephone"), row.phone, copy=True),
        Fact(_("E-mail"), row.email, copy=True),
        Fact(_("What it wants to sell"), " · ".join(names.get(code, code) for code in row.categories)),
        Fact(pgettext("application", "Sent"), f"{timezone.localtime(row.asked_at):%Y-%m-%d %H:%M}"),
    ]
    if row.about:
        facts.append(Fact(_("About it"), " ".join(row.about.split())))
    if row.decided_at:
        facts.append(
            Fact(pgettext("application", "Decided"), f"{timezone.localtime(row.decided_at):%Y-%m-%d %H:%M}")
        )
        facts.append(Fact(_("By"), actor_name(row.decided_by)))
    if row.reason:
        facts.append(Fact(_("Reason; the applicant reads it"), row.reason))
    if row.party_id:
        facts.append(Fact(_("User name of its owner"), row.username))
        facts.append(Fact(_("The party"), row.name, href=reverse("platform:party", args=[row.party_id])))
    return Detail(
        number=row.number,
        kind=pgettext("application", "Application"),
        badge=STATES[row.state],
        facts=facts,
        actions=[Action(_("The licence"), licence, icon="download")],
        breadcrumbs=[(_("Applications of shops"), reverse("platform:applications"))],
    )


@needs("applications.view")
def application_licence(request: HttpRequest, number: str) -> HttpResponse:
    """The picture of the licence, as it was sent."""
    row = _read(number)
    kind = CONTENT.get(PurePath(row.licence_name).suffix.lower(), "application/octet-stream")
    answer = HttpResponse(licence_of(row), content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(True, row.licence_name) or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer
