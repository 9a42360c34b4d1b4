"""The alert inbox: what the rules found, the rows behind each, and what people did about it."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from zhanggui.journeys.alert_handled import alert_assigned, alert_handled, alert_noted
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.details import Detail, Fact, Step
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    ListPage,
    MoneyColumn,
    PartyColumn,
    QuerySetSource,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    Tab,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.monitoring.subjects import subject_url
from zhanggui.portals.platform.monitoring.words import (
    ALERT_ACTS,
    ALERT_STATES,
    SEVERITIES,
    SUBJECTS,
    kind_name,
    label_said,
    measured,
    rule_name,
    subject_said,
)
from zhanggui.portals.platform.names import parties, party_name
from zhanggui.settlement.monitoring.errors import UnknownAlert
from zhanggui.settlement.monitoring.models import Alert
from zhanggui.settlement.monitoring.queries.alerts import alert, alert_history, evidence_of, handlers
from zhanggui.settlement.monitoring.rules import KINDS
from zhanggui.settlement.monitoring.states import OPEN, TRANSITIONS


def _tabs() -> StatusTabs:
    tabs = [Tab("open", gettext_lazy("To handle"), [str(state) for state in OPEN], alert=True)]
    tabs += [Tab(value, badge.label, [value]) for value, badge in ALERT_STATES.items()]
    return StatusTabs("state", tabs, default="open")


class AlertList(ListPage):
    """Everything the rules found; what nobody has closed comes first."""

    name = "platform.alerts"
    title = gettext_lazy("Alerts")
    permission = "alerts.view"
    template = "platform/list.html"
    sort = "-raised_at"
    tabs = _tabs()
    empty = gettext_lazy("Alerts appear when a rule finds something. The rules are under “Anomaly rules”.")

    def get_source(self) -> QuerySetSource:
        """Alerts with their rules."""
        return QuerySetSource(Alert.objects.select_related("rule"), key="id")

    def get_filters(self) -> Sequence[Any]:
        """By subject, severity, kind, person and day."""
        assignees = Alert.objects.exclude(assignee="").values_list("assignee", flat=True).distinct()
        return [
            TextFilter("q", _("Subject or rule"), starts=["label"], contains=["rule_code"]),
            SelectFilter("severity", _("Severity"), [(v, badge.label) for v, badge in SEVERITIES.items()]),
            SelectFilter("kind", _("Kind"), [(code, kind_name(code)) for code in KINDS]),
            SelectFilter("assignee", _("Handled by"), [(name, actor_name(name)) for name in assignees]),
            DateRangeFilter("raised", _("Raised"), field="raised_at"),
        ]

    def get_columns(self) -> Sequence[Column]:
        """How bad, what, how much, where it stands."""
        return [
            LinkColumn("id", _("Alert"), value=lambda r: f"#{r.id}", sort="id",
                       href=lambda r: reverse("platform:alert", args=[r.id])),
            StatusColumn("severity", _("Severity"), badges=SEVERITIES, phone="sub"),
            StatusColumn("state", _("Status"), badges=ALERT_STATES),
            TextColumn("rule", _("Rule"), value=lambda r: rule_name(r.rule),
                       href=lambda r: reverse("platform:anomaly_rule", args=[r.rule_code])),
            TextColumn("subject", _("Subject"), phone="line",
                       value=subject_said,
                       href=lambda r: subject_url(r.subject_kind, r.subject_id, r.party_id) or None),
            PartyColumn("party", _("Merchant"), value=lambda r: self.owner(r.party_id), phone="line"),
            TextColumn("value", _("Found"), value=lambda r: measured(r.value, r.unit, r.currency), phone="amount"),
            TextColumn("threshold", _("Threshold"), phone="line",
                       value=lambda r: measured(r.threshold, r.unit, r.currency)),
            DateTimeColumn("window_from", pgettext("alert", "Since"), sort="window_from", phone=""),
            DateTimeColumn("raised_at", _("Raised"), sort="raised_at", phone=""),
            TextColumn("assignee", _("Handled by"), value=lambda r: actor_name(r.assignee), phone=""),
        ]  # fmt: skip

    @cached_property
    def _owners(self) -> dict[int, Any]:
        return parties(row.party_id for row in self.slice.rows if row.party_id)

    def owner(self, party_id: int) -> str:
        """The name of the merchant concerned; exports read it one by one."""
        if not party_id:
            return ""
        return party_name(self._owners.get(party_id) or parties([party_id]).get(party_id))


class AlertRows(ListPage):
    """The rows behind an alert, as the books hold them now."""

    name = "platform.alert_rows"
    title = gettext_lazy("Rows behind the alert")
    permission = "alerts.view"
    template = "platform/list.html"
    sort = "at"

    @cached_property
    def alert(self) -> Alert:
        """The alert of the URL."""
        return _found(self.scope["alert_id"])

    @property
    def breadcrumbs(self) -> Sequence[tuple[Any, str]]:  # type: ignore[override]
        """Up to the alert."""
        here = reverse("platform:alert", args=[self.alert.id])
        return [(_("Alerts"), reverse("platform:alerts")), (f"#{self.alert.id}", here), (_("Rows"), "")]

    def intro(self) -> str:
        """What the rows are counted against."""
        row = self.alert
        return format_html(
            "{} · {} {} · {} {}", rule_name(row.rule), _("found when raised:"),
            measured(row.value, row.unit, row.currency), _("threshold:"),
            measured(row.threshold, row.unit, row.currency),
        )  # fmt: skip

    def get_source(self) -> SqlSource:
        """The evidence of the rule's kind."""
        select, params = evidence_of(self.alert, zone=timezone.get_default_timezone())
        fields = ("id", "row_kind", "label", "at", "amount", "party_id")
        return SqlSource(
            select=f"select e.* from ({select}) e where {{where}}", fields={name: f"e.{name}" for name in fields},
            params=params,
        )  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """Each row with its document."""
        columns: list[Column] = [
            LinkColumn("label", _("Row"), sort="label", value=lambda r: label_said(r.row_kind, r.label),
                       href=lambda r: subject_url(r.row_kind, r.row_id, r.party_id) or None),
            TextColumn("row_kind", _("Kind"), value=lambda r: SUBJECTS.get(r.row_kind, r.row_kind), phone="sub"),
            DateTimeColumn("at", _("Time"), sort="at", nullable=True),
        ]  # fmt: skip
        if self.alert.currency:
            columns.append(MoneyColumn("amount", _("Amount"), currency=self.alert.currency, total=True,
                                       sort="amount", nullable=True, phone="amount"))  # fmt: skip
        elif self.alert.kind == "invariant_violated":
            columns.append(IntegerColumn("amount", _("Offending rows"), phone="amount"))
        return columns


def _found(alert_id: int) -> Alert:
    try:
        return alert(alert_id)
    except UnknownAlert as unknown:
        raise Http404(refusal_text(unknown)) from unknown


def _acted(request: HttpRequest, row: Alert) -> str:
    """Do what was asked; an empty text means it was done, anything else is the reason it was not."""
    if not may(request.user, "alerts.act"):
        return _("Your role does not include this action.")
    note, act = request.POST.get("note", ""), request.POST.get("act", "")
    by: dict[str, Any] = {"at": timezone.now(), "actor": request.user.get_username()}
    try:
        if act == "note":
            alert_noted(alert_id=row.id, note=note, **by)
        elif act == "assign":
            alert_assigned(alert_id=row.id, assignee=request.POST.get("assignee", ""), note=note, **by)
        elif act in ALERT_STATES:
            alert_handled(alert_id=row.id, after=act, note=note, **by)
        else:
            return _("Choose what to do with the alert.")
    except Refusal as refusal:
        return refusal_text(refusal)
    forget("platform.alerts")
    return ""


@needs("alerts.view")
def alert_page(request: HttpRequest, alert_id: int) -> HttpResponse:
    """One alert: what was found, the rows, the history, and the next step by those who may."""
    row = _found(alert_id)
    problem = ""
    if request.method == "POST":
        problem = _acted(request, row)
        if not problem:
            messages.success(request, _("Noted on alert #%(id)s.") % {"id": row.id})
            return HttpResponseRedirect(request.path)
    history = alert_history(row.id)
    rows = AlertRows(user=request.user, scope={"alert_id": row.id})
    context = {
        "detail": _detail(row, history), "row": row, "problem": problem, "typed": request.POST,
        "severity": SEVERITIES[row.severity], "acting": may(request.user, "alerts.act"),
        "steps": [(state, ALERT_STATES[state]) for state in TRANSITIONS[row.state]],
        "handlers": handlers(), "rows": _shown(rows), "count": rows.totals.count,
        "total": rows.totals.sums.get("amount") if row.currency else None,
        "history": [
            (one, ALERT_ACTS[one.act], _change(one)) for one in reversed(history)
        ],
    }  # fmt: skip
    return render(request, "platform/alert.html", context, status=422 if problem else 200)


def _change(event: Any) -> str:
    def said(text: str) -> str:
        return str(ALERT_STATES[text].label) if text in ALERT_STATES else actor_name(text)

    return " → ".join(said(text) for text in (event.before, event.after) if text)


def _shown(page: AlertRows) -> list[dict[str, Any]]:
    return [
        {"label": label_said(row.row_kind, row.label),
         "kind": SUBJECTS.get(row.row_kind, row.row_kind), "at": row.at, "amount": row.amount,
         "url": subject_url(row.row_kind, row.row_id, row.party_id)}
        for row in page.slice.rows[:10]
    ]  # fmt: skip


def _detail(row: Alert, history: list[Any]) -> Detail:
    local = timezone.localtime
    facts = [
        Fact(_("Rule"), f"{rule_name(row.rule)} v{row.rule.version}",
             href=reverse("platform:anomaly_rule", args=[row.rule_code])),
        Fact(_("Kind"), kind_name(row.kind)),
        Fact(SUBJECTS.get(row.subject_kind, _("Subject")), label_said(row.subject_kind, row.label),
             href=subject_url(row.subject_kind, row.subject_id, row.party_id)),
        Fact(_("Threshold"), measured(row.threshold, row.unit, row.currency)),
        Fact(_("Window"), f"{local(row.window_from):%Y-%m-%d %H:%M} ~ {local(row.window_before):%Y-%m-%d %H:%M}"),
        Fact(_("Handled by"), actor_name(row.assignee) or "–"),
    ]  # fmt: skip
    if row.party_id and row.subject_kind != "party":
        name = party_name(parties([row.party_id]).get(row.party_id))
        facts.insert(3, Fact(_("Merchant"), name, href=reverse("platform:party", args=[row.party_id])))
    steps = [
        Step(ALERT_STATES[one.after].label, "done", one.at, one.actor)
        for one in history if one.act in ("raised", "step")
    ]  # fmt: skip
    money = row.unit == "minor" and bool(row.currency)
    return Detail(
        number=f"#{row.id}", kind=_("Alert"), badge=ALERT_STATES[row.state], facts=facts, steps=steps,
        amount=row.value if money else None, currency=row.currency or "CNY",
        amount_label=_("Found") if money else "", breadcrumbs=[(_("Alerts"), reverse("platform:alerts"))],
    )  # fmt: skip
