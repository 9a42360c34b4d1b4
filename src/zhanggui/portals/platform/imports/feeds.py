"""Charge feeds (拉取): other systems whose details are pulled by themselves, and what each pull came to."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhanggui.clockwork.tasks import enqueue_pull
from zhanggui.journeys.feed_changed import feed_added, feed_asked, feed_changed, feed_switched
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Action, Detail, Fact
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    ListPage,
    QuerySetSource,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.refusals import fault_text
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.arrangements.history import history_of
from zhanggui.portals.platform.guarded.documents import (
    Cell,
    Field,
    Form,
    Table,
    Typed,
    acted,
    document_page,
    form_page,
)
from zhanggui.portals.platform.names import in_language, line_choices, line_names
from zhanggui.portals.platform.words import RUN_STATES
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.models import ChargeFeed, ChargePull

STATES = {
    "well": Badge(gettext_lazy("Runs well"), "green"),
    "pulling": Badge(gettext_lazy("Being pulled"), "blue"),
    "failing": Badge(pgettext_lazy("feed", "Failing"), "red"),
    "new": Badge(gettext_lazy("Not pulled yet"), "amber"),
    "off": Badge(gettext_lazy("Switched off"), "grey"),
}
STATE = (
    "case when not f.active then 'off' when p.state = 'running' then 'pulling' when f.failures > 0 then 'failing'"
    " when p.id is null then 'new' else 'well' end"
)
SELECT = f"""
select f.id, f.code, f.business_line_id, f.url, f.every_minutes, f.next_at, f.active, f.failures, {STATE} as state,
  coalesce(nullif(f.name->>%(language)s, ''), nullif(f.name->>%(other_language)s, ''), f.code) as title,
  p.id as pull_id, p.started_at, p.accepted, p.repeated, p.rejected, p.reject_code, p.reject_message
from settlement_charge_feed f left join lateral (select x.* from settlement_charge_pull x where x.feed_id = f.id
  order by x.id desc limit 1) p on true where {{where}}
"""
LATEST = 20
KEEP, NEW, NONE = "keep", "new", "none"
CHANGE, PULL = "feeds.change", "charges.create"
PERMISSIONS = {"pull": PULL, "anew": PULL}


def charges_of(pull_id: int, state: str) -> str:
    """Where the charges of a pull are listed; those that were here already are left out."""
    return reverse("platform:charges") + f"?pull={pull_id}&tab={state}&known=no"


class FeedList(ListPage):
    """Feeds."""

    name = "platform.feeds"
    title = gettext_lazy("Charge feeds")
    permission = "imports.view"
    sort = "code"
    tabs = StatusTabs.of("state", STATES)
    empty = gettext_lazy(
        "A charge feed pulls what another system billed, by itself. Add one with the button above."
    )

    def get_source(self) -> SqlSource:
        """Feeds with their latest pull."""
        fields = {"id": "f.id", "code": "f.code", "state": STATE, "business_line": "f.business_line_id",
                  "url": "f.url", "next_at": "f.next_at", "started_at": "p.started_at", "accepted": "p.accepted",
                  "rejected": "p.rejected", "zh": "f.name->>'zh'", "en": "f.name->>'en'"}  # fmt: skip
        return SqlSource(select=SELECT, fields=fields, params=language_params())

    def page_actions(self) -> list[Action]:
        """Every pull, and a new feed."""
        found = [Action(_("All pulls"), reverse("platform:pulls"), icon="clock")]
        if may(self.user, CHANGE):
            found.append(Action(_("Add a feed"), reverse("platform:new_feed"), kind="primary"))
        return found

    def get_filters(self) -> Sequence[Any]:
        """By code, name, address and business line."""
        return [
            TextFilter("q", _("Code, name or address"), starts=["code"], contains=["zh", "en", "url"]),
            SelectFilter("line", _("Business line"), line_choices, field="business_line", read=int),
        ]

    def get_columns(self) -> Sequence[Column]:
        """What is pulled, how often, and how it went the last time."""
        lines = line_names()

        def rows(state: str) -> Any:
            return lambda r: charges_of(r.pull_id, state) if r.pull_id else None

        return [
            LinkColumn("title", _("Charge feed"), href=lambda r: reverse("platform:feed", args=[r.code])),
            StatusColumn("state", _("Status"), badges=STATES),
            TextColumn("code", _("Code"), sort="code", code=True, phone=""),
            TextColumn("line", _("Business line"), value=lambda r: lines.get(r.business_line_id, ""), phone="sub"),
            TextColumn("url", _("Address"), code=True, wrap=True, phone=""),
            TextColumn("every", _("How often"), value=lambda r: often(r.every_minutes), phone=""),
            DateTimeColumn("started_at", _("Last pull"), sort="started_at", nullable=True),
            IntegerColumn("accepted", _("Accepted"), sort="accepted", nullable=True, href=rows("accepted")),
            IntegerColumn("repeated", _("Here already"), nullable=True, phone=""),
            IntegerColumn("rejected", _("Rejected"), sort="rejected", nullable=True, href=rows("rejected")),
            TextColumn("fault", _("What went wrong"), value=_fault, wrap=True),
            DateTimeColumn("next_at", _("Next pull"), sort="next_at", nullable=True, phone="",
                           value=lambda r: r.next_at if r.active else None),
        ]  # fmt: skip


class PullList(ListPage):
    """Every pull of every feed."""

    name = "platform.pulls"
    title = gettext_lazy("Pulls of charge feeds")
    permission = "imports.view"
    sort = "-started_at"
    tabs = StatusTabs.of("state", {name: RUN_STATES[name] for name in ("running", "done", "failed")})
    breadcrumbs = (
        (gettext_lazy("Charge feeds"), "/platform/feeds/"), (gettext_lazy("Pulls of charge feeds"), ""),
    )  # fmt: skip
    empty = gettext_lazy("Nothing was pulled yet. The job that pulls looks every five minutes.")

    def get_source(self) -> QuerySetSource:
        """Pulls."""
        return QuerySetSource(ChargePull.objects.select_related("feed"))

    def get_filters(self) -> Sequence[Any]:
        """By feed and day."""
        return [
            SelectFilter("feed", _("Charge feed"), _feed_choices, field="feed__code"),
            DateRangeFilter("started", _("Started"), field="started_at"),
        ]

    def get_columns(self) -> Sequence[Column]:
        """When, by whom, what came of it."""
        return [
            LinkColumn("feed", _("Charge feed"), value=lambda r: in_language(r.feed.name, r.feed.code),
                       href=lambda r: reverse("platform:feed", args=[r.feed.code])),
            StatusColumn("state", _("Status"), badges=RUN_STATES),
            DateTimeColumn("started_at", _("Started"), sort="started_at"),
            DateTimeColumn("finished_at", _("Finished"), sort="finished_at", nullable=True, phone=""),
            IntegerColumn("pages", _("Pages"), total=True, phone=""),
            IntegerColumn("accepted", _("Accepted"), total=True, sort="accepted",
                          href=lambda r: charges_of(r.id, "accepted")),
            IntegerColumn("repeated", _("Here already"), total=True, phone=""),
            IntegerColumn("rejected", _("Rejected"), total=True, sort="rejected",
                          href=lambda r: charges_of(r.id, "rejected")),
            TextColumn("fault", _("What went wrong"), value=_fault, wrap=True),
            TextColumn("actor", _("By"), value=lambda r: actor_name(r.actor), phone=""),
        ]  # fmt: skip


def often(minutes: int) -> str:
    """How often, in words."""
    if minutes % 1440 == 0:
        return _("every %(count)s days") % {"count": minutes // 1440} if minutes > 1440 else _("daily")
    if minutes % 60 == 0:
        return _("every %(count)s hours") % {"count": minutes // 60} if minutes > 60 else _("hourly")
    return _("every %(count)s minutes") % {"count": minutes}


def _fault(pull: Any) -> str:
    return fault_text(pull.reject_code, pull.reject_message) if pull.reject_code else ""


def _feed_choices() -> list[tuple[str, str]]:
    return [(row.code, in_language(row.name, row.code)) for row in ChargeFeed.objects.order_by("code")]


def _boxes(row: ChargeFeed | None) -> list[Field]:
    """The boxes that a new feed and a changed one share."""
    names = row.name if row else {}
    return [
        Field("zh", _("Name in Chinese"), value=names.get("zh", ""), required=False),
        Field("en", _("Name in English; one of the two is needed"), value=names.get("en", ""), required=False),
        Field("url", _("Address, such as `https://wms.example/charges`"), value=row.url if row else ""),
        Field("every", _("Pulled every so many minutes, from 5"), value=str(row.every_minutes if row else 60)),
    ]  # fmt: skip


def _typed(typed: Typed) -> dict[str, Any]:
    return {
        "name": {language: typed.text(language, required=False) for language in ("zh", "en")},
        "url": typed.text("url"), "every_minutes": typed.number("every") or 0,
    }  # fmt: skip


@needs(CHANGE)
def new_feed(request: HttpRequest) -> HttpResponse:
    """Add a feed; it is pulled within minutes."""

    def make(typed: Typed) -> str:
        row = feed_added(
            code=typed.text("code"), business_line=typed.of(BusinessLine.objects, "line"),
            token=typed.text("token", required=False), at=timezone.now(), actor=request.user.get_username(),
            **_typed(typed),
        )  # fmt: skip
        return reverse("platform:feed", args=[row.code])

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(
            request, CHANGE, {"make": make}, _("The feed is there; it is pulled within minutes.")
        )
    if gone:
        return gone
    names = line_names()
    lines = [(row.code, names[row.id]) for row in BusinessLine.objects.order_by("id")]
    form = Form(
        "make", _("Charge feed"), _("Add it"),
        [
            Field("code", _("Code: letters, digits, dots, dashes, underscores")),
            Field("line", _("Business line whose charges come"), "select", lines), *_boxes(None),
            Field("token", _("Credential it is asked with (Bearer); empty: none"), "secret", required=False),
        ],
        _("What the other system has to answer is in the reference (Charge feed). The credential is kept sealed and"
          " never shown again."),
    ).typed(request.POST)  # fmt: skip
    return form_page(request, _("Add a feed"), forms=[form], problem=problem, back=reverse("platform:feeds"))


@needs("imports.view")
def feed_page(request: HttpRequest, code: str) -> HttpResponse:
    """One feed: what it is, how its pulls went, and what can be done about it."""
    row = ChargeFeed.objects.select_related("business_line").filter(code=code).first()
    if row is None:
        raise Http404(_("There is no such charge feed."))
    problem, gone = "", None
    if request.method == "POST":
        sent = request.POST.get("act", "")
        done = _("It is on the queue; its outcome stands here soon.") if sent in PERMISSIONS else _("Done.")
        problem, gone = acted(request, PERMISSIONS.get(sent, CHANGE), _acts(request, code), done)
    return gone or document_page(
        request, _detail(row), forms=_forms(request, row), problem=problem,
        tables=[_latest(row), history_of("charge_feed", code)],
    )  # fmt: skip


def _acts(request: HttpRequest, code: str) -> dict[str, Any]:
    actor = request.user.get_username()

    def change(typed: Typed) -> None:
        kept = typed.one_of("credential", (KEEP, NEW, NONE))
        token = {KEEP: None, NONE: ""}.get(kept, typed.text("token", required=kept == NEW))
        feed_changed(code=code, token=token, at=timezone.now(), actor=actor, **_typed(typed))

    def switch(typed: Typed, *, active: bool) -> None:
        feed_switched(code=code, active=active, reason=typed.text("reason"), at=timezone.now(), actor=actor)

    def ask(*, anew: bool) -> None:
        with transaction.atomic():
            enqueue_pull(feed_asked(code=code, anew=anew, at=timezone.now(), actor=actor).id)

    return {
        "change": change, "off": lambda typed: switch(typed, active=False),
        "on": lambda typed: switch(typed, active=True),
        "pull": lambda _typed: ask(anew=False), "anew": lambda _typed: ask(anew=True),
    }  # fmt: skip


def _forms(request: HttpRequest, row: ChargeFeed) -> list[Form]:
    reason, forms = [Field("reason", _("Reason"), "long")], []
    if row.active and may(request.user, PULL):
        forms += [
            Form("pull", _("Pull it now"), _("Pull it now"), [],
                 _("It goes on after the page where it is; then it waits its time again.")),
            Form("anew", _("Pull everything again"), _("Pull everything again"), [],
                 _("It begins with its first page. Accepted charges stay settled once; rejected ones get another"
                   " try, for instance once their merchant is open.")),
        ]  # fmt: skip
    if may(request.user, CHANGE):
        held = [(KEEP, _("Stays"))] if row.token_sealed else [(KEEP, _("None, as now"))]
        change = Form(
            "change", _("Change it"), _("Change it"),
            [
                *_boxes(row),
                Field("credential", _("Credential"), "select", [*held, (NEW, _("A new one")), (NONE, _("None"))]),
                Field("token", _("The new credential"), "secret", required=False),
            ],
            _("Who names another host gives the credential for it anew."),
        )  # fmt: skip
        sent = request.POST.get("act") == "change"
        forms.append(change.typed(request.POST) if sent else change)
        forms.append(
            Form("off", _("Switch it off"), _("Switch it off"), reason,
                 _("Nothing is pulled until it is switched on again; what came stays."), True)
            if row.active else
            Form("on", _("Switch it on"), _("Switch it on"), reason, _("It goes on where it was, within minutes."))
        )  # fmt: skip
    return forms


def _latest(row: ChargeFeed) -> Table:
    rows = [
        [
            Cell(f"{timezone.localtime(one.started_at):%Y-%m-%d %H:%M:%S}"), Cell(RUN_STATES[one.state].label),
            Cell(f"{one.pages:,}", number=True),
            Cell(f"{one.accepted:,}", charges_of(one.id, "accepted") if one.accepted else "", number=True),
            Cell(f"{one.repeated:,}", number=True),
            Cell(f"{one.rejected:,}", charges_of(one.id, "rejected") if one.rejected else "", number=True),
            Cell(_fault(one), wrap=True), Cell(actor_name(one.actor)),
        ]
        for one in ChargePull.objects.filter(feed=row).order_by("-id")[:LATEST]
    ]  # fmt: skip
    columns = [
        (_("Started"), False), (_("Status"), False), (_("Pages"), True), (_("Accepted"), True),
        (_("Here already"), True), (_("Rejected"), True), (_("What went wrong"), False), (_("By"), False),
    ]  # fmt: skip
    return Table(
        _("Latest pulls"), columns, rows,
        _("It was not pulled yet. The job that pulls looks every five minutes; a worker has to run."),
    )  # fmt: skip


def _state(row: ChargeFeed, latest: ChargePull | None) -> str:
    """As STATE says it in SQL."""
    if not row.active:
        return "off"
    if latest is not None and latest.state == "running":
        return "pulling"
    if row.failures:
        return "failing"
    return "well" if latest else "new"


def _detail(row: ChargeFeed) -> Detail:
    latest = ChargePull.objects.filter(feed=row).order_by("-id").first()
    facts = [
        Fact(_("Code"), row.code, copy=True),
        Fact(_("Business line"), in_language(row.business_line.name, row.business_line.code)),
        Fact(_("Address"), row.url), Fact(_("How often"), often(row.every_minutes)),
        Fact(_("Credential"), _("Sealed") if row.token_sealed else _("None")),
        Fact(_("Goes on after the page"), row.cursor or _("The first one")),
        Fact(_("Next pull"), f"{timezone.localtime(row.next_at):%Y-%m-%d %H:%M}" if row.active else "–"),
        Fact(_("Failures in a row"), f"{row.failures:,}"),
        Fact(_("All pulls"), _("History"), href=reverse("platform:pulls") + f"?feed={row.code}"),
    ]  # fmt: skip
    return Detail(
        number=in_language(row.name, row.code), kind=_("Charge feed"), badge=STATES[_state(row, latest)],
        facts=facts, breadcrumbs=[(_("Charge feeds"), reverse("platform:feeds"))],
    )  # fmt: skip
