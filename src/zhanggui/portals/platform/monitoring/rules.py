"""Anomaly rules: the list, one with its versions and a dry run over history, publishing a version."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from zhanggui.journeys.anomaly_rule_published import anomaly_rule_published, anomaly_rule_switched
from zhanggui.money.errors import Refusal
from zhanggui.money.rates import parse_rate
from zhanggui.portals.desk.amounts import decimal_text, format_rate, parse_amount
from zhanggui.portals.desk.lists import (
    Column,
    DateTimeColumn,
    IntegerColumn,
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
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.monitoring.words import (
    ACTIVE,
    MEASURES,
    SEVERITIES,
    SUBJECTS,
    kind_meaning,
    kind_name,
    measured,
    parameter_name,
    parameters_said,
    rule_name,
)
from zhanggui.portals.platform.names import currencies
from zhanggui.settlement.monitoring.errors import UnknownAnomalyRule
from zhanggui.settlement.monitoring.models import Alert, AnomalyRule
from zhanggui.settlement.monitoring.queries.rules import (
    anomaly_rule,
    drafted_rule,
    dry_run_over,
    latest_run,
    latest_versions,
    usual_span,
)
from zhanggui.settlement.monitoring.rules import (
    KINDS,
    Kind,
    Parameter,
    kind_of,
    unit_of,
)


class RuleList(ListPage):
    """Every rule in its latest version."""

    name = "platform.anomaly_rules"
    title = gettext_lazy("Anomaly rules")
    permission = "alerts.view"
    template = "platform/list.html"
    sort = "code"
    empty = gettext_lazy("Publish the first rule: choose a kind and its threshold.")

    def get_source(self) -> QuerySetSource:
        """Latest versions."""
        return QuerySetSource(latest_versions(), key="id")

    def get_filters(self) -> Sequence[Any]:
        """By code, kind, severity."""
        return [
            TextFilter("q", _("Code"), contains=["code"]),
            SelectFilter("kind", _("Kind"), [(code, kind_name(code)) for code in KINDS]),
            SelectFilter("severity", _("Severity"), [(v, badge.label) for v, badge in SEVERITIES.items()]),
        ]

    def get_columns(self) -> Sequence[Column]:
        """What a rule looks for."""
        return [
            LinkColumn("code", _("Code"), sort="code",
                       href=lambda r: reverse("platform:anomaly_rule", args=[r.code])),
            TextColumn("name", _("Name"), value=rule_name, phone="sub"),
            TextColumn("kind", _("Kind"), value=lambda r: kind_name(r.kind), sort="kind"),
            TextColumn("says", _("Parameters"), wrap=True, value=lambda r: " · ".join(
                f"{name} {value}" for name, value in parameters_said(r, unit_of(KINDS[r.kind], r.parameters)))),
            TextColumn("scope", _("Scope"), value=_scope_said, phone="line"),
            StatusColumn("severity", _("Severity"), badges=SEVERITIES, phone="line"),
            StatusColumn("active", _("In force"), badges=ACTIVE),
            IntegerColumn("version", _("Version"), phone=""),
            DateTimeColumn("published_at", _("Published"), sort="published_at", phone=""),
            TextColumn("published_by", _("By"), value=lambda r: actor_name(r.published_by), phone=""),
        ]  # fmt: skip

    def page_actions(self) -> Sequence[Any]:
        """Publishing, for those who may."""
        from zhanggui.portals.desk.details import Action

        if not may(self.user, "alert_rules.publish"):
            return ()
        return [Action(_("New rule"), reverse("platform:new_anomaly_rule"), kind="primary")]


def _scope_said(rule: AnomalyRule) -> str:
    parts = [rule.scope.get("currency", ""), ", ".join(rule.scope.get("parties", []))]
    return " · ".join(part for part in parts if part) or _("Everything")


def _found(code: str) -> AnomalyRule:
    try:
        return anomaly_rule(code)
    except UnknownAnomalyRule as unknown:
        raise Http404(refusal_text(unknown)) from unknown


def _span(params: Mapping[str, str]) -> tuple[date, date, str]:
    """First and last day of a dry run, the usual ones unless typed in; and what is wrong."""
    first, last = usual_span(timezone.localdate(), timezone.get_default_timezone())
    try:
        first = date.fromisoformat(params["from"]) if params.get("from") else first
        last = date.fromisoformat(params["to"]) if params.get("to") else last
    except ValueError:
        return first, last, _("Write days as 2026-11-22.")
    return first, last, ""


def _tried(rule: AnomalyRule, params: Mapping[str, str]) -> dict[str, Any]:
    first, last, problem = _span(params)
    if problem:
        return {"first": first, "last": last, "problem": problem}
    try:
        found = dry_run_over(rule, first=first, last=last, zone=timezone.get_default_timezone())
    except Refusal as refusal:
        return {"first": first, "last": last, "problem": refusal_text(refusal)}
    rows = [
        row | {"subject": SUBJECTS.get(row["subject_kind"], row["subject_kind"]),
               "said": measured(row["value"], found.unit, row["currency"])}
        for row in found.samples
    ]  # fmt: skip
    return {"first": first, "last": last, "found": found, "rows": rows}


@needs("alerts.view")
def rule_page(request: HttpRequest, code: str) -> HttpResponse:
    """A rule in words, its versions, what it raised, and what it would raise over a span."""
    rule = _found(code)
    unit = unit_of(kind_of(rule.kind), rule.parameters)
    run = latest_run(code)
    context = {
        "rule": rule, "name": rule_name(rule), "kind": kind_name(rule.kind), "meaning": kind_meaning(rule.kind),
        "parameters": parameters_said(rule, unit), "scope": _scope_said(rule), "severity": SEVERITIES[rule.severity],
        "active": ACTIVE[rule.active], "raised": Alert.objects.filter(rule_code=code).count(),
        "versions": [
            (one, ACTIVE[one.active], SEVERITIES[one.severity],
             parameters_said(one, unit_of(kind_of(one.kind), one.parameters)))
            for one in AnomalyRule.objects.filter(code=code).order_by("-version")
        ],
        "run": run, "counts": (run.counts.get(code) if run else None),
        "publishing": may(request.user, "alert_rules.publish"),
        "tried": _tried(rule, request.GET) if "try" in request.GET else {"first": _span({})[0], "last": _span({})[1]},
        "trying": "try" in request.GET,
        "breadcrumbs": [(_("Anomaly rules"), reverse("platform:anomaly_rules")), (code, "")],
        "title": rule_name(rule),
    }  # fmt: skip
    return render(request, "platform/anomaly_rule.html", context)


@require_POST
@needs("alert_rules.publish")
def switch_rule(request: HttpRequest, code: str) -> HttpResponse:
    """Switch a rule on or off."""
    rule = _found(code)
    try:
        anomaly_rule_switched(
            code=code, active=not rule.active, at=timezone.now(), actor=request.user.get_username(),
            reason=request.POST.get("reason", ""),
        )  # fmt: skip
        messages.success(request, _("Rule %(code)s is switched.") % {"code": code})
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))
    return HttpResponseRedirect(reverse("platform:anomaly_rule", args=[code]))


@needs("alert_rules.publish")
def publish_page(request: HttpRequest, code: str = "") -> HttpResponse:
    """A form over the parameters of a kind; a dry run shows what the version would raise before it is published."""
    before = _found(code) if code else None
    kind = KINDS.get(before.kind if before else request.GET.get("kind") or request.POST.get("kind", ""))
    if kind is None:
        kinds = [(one.code, kind_name(one.code), kind_meaning(one.code)) for one in KINDS.values()]
        return render(request, "platform/anomaly_kinds.html", {
            "kinds": kinds, "title": _("New rule"),
            "breadcrumbs": [(_("Anomaly rules"), reverse("platform:anomaly_rules")), (_("New rule"), "")],
        })  # fmt: skip
    problem, tried = "", None
    typed = _typed_of(before, kind) if request.method == "GET" else request.POST
    if request.method == "POST":
        try:
            document = _document(request.POST, kind, before)
            if request.POST.get("act") == "try":
                tried = _tried(drafted_rule(document), request.POST)
                problem = tried.get("problem", "")
            else:
                rule = anomaly_rule_published(
                    document=document, at=timezone.now(), actor=request.user.get_username()
                )
                messages.success(request, _("Rule %(code)s, version %(version)s, is in force.")
                                 % {"code": rule.code, "version": rule.version})  # fmt: skip
                return HttpResponseRedirect(reverse("platform:anomaly_rule", args=[rule.code]))
        except Refusal as refusal:
            problem = refusal_text(refusal)
    first, last, _unused = _span(typed)
    context = {
        "before": before, "kind": kind, "kind_name": kind_name(kind.code), "meaning": kind_meaning(kind.code),
        "fields": [_field(one, typed) for one in kind.parameters], "typed": typed, "problem": problem,
        "severities": [(value, badge.label) for value, badge in SEVERITIES.items()], "currencies": currencies(),
        "tried": tried, "first": first, "last": last, "title": before.code if before else _("New rule"),
        "breadcrumbs": [(_("Anomaly rules"), reverse("platform:anomaly_rules")), (code or _("New rule"), "")],
    }  # fmt: skip
    return render(request, "platform/publish_anomaly_rule.html", context, status=422 if problem else 200)


def _gravity(value: str) -> Any:
    return SEVERITIES[value].label if value in SEVERITIES else ""


def _field(parameter: Parameter, typed: Mapping[str, Any]) -> dict[str, Any]:
    choices = [
        (value, SUBJECTS.get(value) or MEASURES.get(value) or _gravity(value) or value)
        for value in parameter.choices
    ]
    return {"name": parameter.name, "label": parameter_name(parameter), "choices": choices,
            "value": typed.get(parameter.name, "")}  # fmt: skip


def _typed_of(rule: AnomalyRule | None, kind: Kind) -> dict[str, str]:
    """What the form shows at first: the version in force, or the kind's defaults."""
    parameters = rule.parameters if rule else {one.name: one.default for one in kind.parameters}
    scope = rule.scope if rule else {"currency": currencies()[0], "parties": []}
    unit = unit_of(kind, parameters)
    typed = {
        one.name: _written(parameters.get(one.name, one.default), unit if one.name == "threshold" else one.unit,
                           scope["currency"] or currencies()[0])
        for one in kind.parameters
    }  # fmt: skip
    name = rule.name if rule else {}
    return typed | {
        "code": rule.code if rule else "", "name_zh": name.get("zh", ""), "name_en": name.get("en", ""),
        "severity": rule.severity if rule else "warning", "currency": scope["currency"],
        "parties": ", ".join(scope["parties"]), "reason": "",
    }  # fmt: skip


def _written(value: Any, unit: str, currency: str) -> str:
    if unit == "minor":
        return decimal_text(int(value), currency)
    return str(format_rate(int(value))) if unit == "ppm" else str(value)


def _document(typed: Mapping[str, str], kind: Kind, before: AnomalyRule | None) -> dict[str, Any]:
    currency = typed.get("currency", "")
    choices = {one.name: typed.get(one.name, "") for one in kind.parameters if one.choices}
    unit = unit_of(kind, choices)
    parameters: dict[str, Any] = dict(choices)
    for one in kind.parameters:
        if not one.choices:
            meant = unit if one.name == "threshold" else one.unit
            parameters[one.name] = _read(typed.get(one.name, "").strip(), meant, currency or currencies()[0])
    return {
        "code": before.code if before else typed.get("code", "").strip(), "kind": kind.code,
        "name": {"zh": typed.get("name_zh", "").strip(), "en": typed.get("name_en", "").strip()},
        "parameters": parameters, "severity": typed.get("severity", ""), "active": True,
        "scope": {"currency": currency,
                  "parties": [part.strip() for part in typed.get("parties", "").split(",") if part.strip()]},
        "reason": typed.get("reason", "").strip(),
    }  # fmt: skip


def _read(text: str, unit: str, currency: str) -> Any:
    """What was typed as the whole number it stands for; as it is where it stands for none, to be refused by name."""
    if unit == "minor":
        return parse_amount(text, currency) if text else 0
    if unit == "ppm":
        cleaned = text.replace(",", "")
        return parse_rate(cleaned if cleaned.endswith("%") else f"{cleaned}%")
    return int(text) if text.isdecimal() and len(text) < 16 else text
