"""Alerts, anomaly rules and periodic jobs."""

from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Query, Router, Schema

from zhanggui.clockwork.jobs import periodic_jobs, run_now, stalled_jobs, workers_alive
from zhanggui.journeys.alert_handled import alert_assigned, alert_handled, alert_noted
from zhanggui.journeys.anomaly_rule_published import anomaly_rule_published, anomaly_rule_switched
from zhanggui.portals.api import naming
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, ask, look
from zhanggui.portals.api.schemas.fields import Code, Number
from zhanggui.portals.api.schemas.watching import (
    AlertDetail,
    AlertNoteIn,
    AlertPage,
    AlertStepIn,
    AnomalyRuleIn,
    AnomalyRuleOut,
    AnomalyRules,
    AssigneeIn,
    DryRunIn,
    DryRunOut,
    JobRunIn,
    JobRunOut,
    Jobs,
    RuleKinds,
    SwitchIn,
)
from zhanggui.settlement.monitoring.errors import RuleParameterWrong
from zhanggui.settlement.monitoring.models import Alert, AnomalyRule
from zhanggui.settlement.monitoring.queries.alerts import alert, alert_history
from zhanggui.settlement.monitoring.queries.rules import (
    anomaly_rule,
    drafted_rule,
    dry_run_over,
    latest_versions,
    rule_versions,
    usual_span,
)
from zhanggui.settlement.monitoring.rules import KINDS

router = Router(tags=["monitoring"])


class AlertFilters(Schema):
    """Which alerts."""

    state: Literal["new", "acknowledged", "handling", "false_alarm", "fixed", "accepted"] | None = None
    rule: Code | None = None
    cursor: CursorText = ""
    limit: Limit = 50


@look(router, "/alerts", AlertPage)
def list_alerts(request: HttpRequest, filters: Query[AlertFilters]) -> Any:
    """Alerts, oldest first."""
    caller(request).require("alerts.view")
    rows = Alert.objects.select_related("rule")
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.rule:
        rows = rows.filter(rule_code=filters.rule)
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    codes = naming.party_codes(row.party_id for row in shown if row.party_id)
    return {"items": [_alert(row, codes) for row in shown], "next_cursor": following}


@look(router, "/alerts/{alert_id}", AlertDetail)
def get_alert(request: HttpRequest, alert_id: Number) -> Any:
    """One alert with its history."""
    caller(request).require("alerts.view")
    return _detail(alert(alert_id))


@act(router, "/alerts/{alert_id}/steps", AlertDetail, status=201)
def step_alert(request: HttpRequest, alert_id: Number, payload: AlertStepIn) -> Any:
    """Take an alert up, or close it with what was found out."""
    who = caller(request)
    who.require("alerts.act")
    alert_handled(
        alert_id=alert_id, after=payload.state, note=payload.note, at=timezone.now(), actor=who.actor
    )
    return _detail(alert(alert_id))


@act(router, "/alerts/{alert_id}/assignee", AlertDetail)
def assign_alert(request: HttpRequest, alert_id: Number, payload: AssigneeIn) -> Any:
    """Give an alert to somebody at the platform who handles alerts."""
    who = caller(request)
    who.require("alerts.act")
    alert_assigned(
        alert_id=alert_id, assignee=payload.assignee, at=timezone.now(), actor=who.actor, note=payload.note
    )
    return _detail(alert(alert_id))


@act(router, "/alerts/{alert_id}/notes", AlertDetail, status=201)
def note_on_alert(request: HttpRequest, alert_id: Number, payload: AlertNoteIn) -> Any:
    """Note what was found out."""
    who = caller(request)
    who.require("alerts.act")
    alert_noted(alert_id=alert_id, note=payload.note, at=timezone.now(), actor=who.actor)
    return _detail(alert(alert_id))


@look(router, "/anomaly-rules", AnomalyRules)
def list_anomaly_rules(request: HttpRequest) -> Any:
    """Every rule in its latest version, on or off."""
    caller(request).require("alerts.view")
    return {"items": [_rule(row) for row in latest_versions().order_by("code")]}


@act(router, "/anomaly-rules", AnomalyRuleOut, status=201)
def publish_rule(request: HttpRequest, payload: AnomalyRuleIn) -> Any:
    """Publish a rule, or a new version of it."""
    who = caller(request)
    who.require("alert_rules.publish")
    return _rule(anomaly_rule_published(document=payload.dict(), at=timezone.now(), actor=who.actor))


@look(router, "/anomaly-rules/{code}", AnomalyRules)
def list_rule_versions(request: HttpRequest, code: Code) -> Any:
    """Every version of one rule, the latest first."""
    caller(request).require("alerts.view")
    return {"items": [_rule(row) for row in rule_versions(code)]}


@act(router, "/anomaly-rules/{code}/switch", AnomalyRuleOut, status=201)
def switch_rule(request: HttpRequest, code: Code, payload: SwitchIn) -> Any:
    """Switch a rule on or off, which is a version too."""
    who = caller(request)
    who.require("alert_rules.publish")
    row = anomaly_rule_switched(
        code=code, active=payload.active, at=timezone.now(), actor=who.actor, reason=payload.reason
    )
    return _rule(row)


@look(router, "/anomaly-rule-kinds", RuleKinds)
def list_rule_kinds(request: HttpRequest) -> Any:
    """The kinds of rules, what each looks for and which parameters it takes."""
    caller(request).require("alerts.view")
    chinese = (get_language() or "").startswith("zh")
    same = ("name", "unit", "default", "low", "high")
    items = [
        {
            "kind": kind.code, "name": kind.zh if chinese else kind.en, "unit": kind.unit,
            "meaning": kind.meaning_zh if chinese else kind.meaning_en,
            "parameters": [
                {name: getattr(one, name) for name in same}
                | {"meaning": one.zh if chinese else one.en, "choices": list(one.choices)}
                for one in kind.parameters
            ],
        }
        for kind in KINDS.values()
    ]  # fmt: skip
    return {"items": items}


@ask(router, "/anomaly-rule-dry-runs", DryRunOut)
def dry_run_rule(request: HttpRequest, payload: DryRunIn) -> Any:
    """What a rule would raise over a span of days; nothing is kept."""
    caller(request).require("alerts.view")
    if (payload.code is None) == (payload.rule is None):
        raise RuleParameterWrong("name a rule by its code, or give one as a document", parameter="rule")
    rule = drafted_rule(payload.rule.dict()) if payload.rule else anomaly_rule(payload.code or "")
    zone = timezone.get_default_timezone()
    first, last = usual_span(timezone.localdate(), zone)
    first, last = payload.first or first, payload.last or last
    found = dry_run_over(rule, first=first, last=last, zone=zone)
    same = ("subject_kind", "currency", "window_from", "window_before", "value", "known")
    return {
        "first": first, "last": last, "found": found.found, "known": found.known, "unit": found.unit,
        "by_month": found.by_month,
        "samples": [
            {name: row[name] for name in same} | {"subject": row["label"], "rows": row["row_count"]}
            for row in found.samples
        ],
    }  # fmt: skip


@look(router, "/jobs", Jobs)
def list_jobs(request: HttpRequest) -> Any:
    """The periodic jobs: last run, next run, failures of the last week."""
    caller(request).require("jobs.view")
    same = ("task", "meaning", "cron", "state", "next_at", "last_started_at", "last_ended_at", "last_result",
            "failures", "error", "next_try_at")  # fmt: skip
    items = [
        {name: getattr(one, name) for name in same} | {"milliseconds": one.seconds_milli}
        for one in periodic_jobs(at=timezone.now())
    ]
    return {"workers": workers_alive(), "stalled": len(stalled_jobs()), "items": items}


@act(router, "/jobs/runs", JobRunOut, status=201)
def run_job(request: HttpRequest, payload: JobRunIn) -> Any:
    """Put a periodic job into the queue now."""
    who = caller(request)
    who.require("jobs.run")
    return {"task": payload.task, "job": run_now(task=payload.task, at=timezone.now(), actor=who.actor)}


def _alert(row: Alert, codes: dict[int, str]) -> dict[str, Any]:
    same = ("id", "kind", "severity", "state", "subject_kind", "currency", "window_from", "window_before", "value",
            "threshold", "unit", "assignee", "raised_at", "closed_at")  # fmt: skip
    return {name: getattr(row, name) for name in same} | {
        "rule": row.rule_code, "rule_version": row.rule.version, "subject": row.label, "rows": row.row_count,
        "party": codes.get(row.party_id, ""),
    }  # fmt: skip


def _detail(row: Alert) -> dict[str, Any]:
    codes = naming.party_codes([row.party_id]) if row.party_id else {}
    same = ("at", "actor", "act", "before", "after", "note")
    history = [{name: getattr(one, name) for name in same} for one in alert_history(row.id)]
    return _alert(row, codes) | {"history": history}


def _rule(row: AnomalyRule) -> dict[str, Any]:
    same = ("code", "version", "kind", "name", "parameters", "scope", "severity", "active", "published_at",
            "published_by", "reason")  # fmt: skip
    return {name: getattr(row, name) for name in same}
