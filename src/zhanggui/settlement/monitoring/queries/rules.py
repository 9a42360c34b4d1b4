"""Reads over anomaly rules: which are in force, what one would have raised."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from zhanggui.parties.models import Party
from zhanggui.settlement.intake.queries import latest_order_at
from zhanggui.settlement.monitoring.errors import RuleParameterWrong, UnknownAnomalyRule
from zhanggui.settlement.monitoring.findings import finding_sql
from zhanggui.settlement.monitoring.models import AnomalyRule, MonitoringRun, Severity
from zhanggui.settlement.monitoring.rules import checked_parameters, checked_scope, kind_of, unit_of

SAMPLES = 50
LONGEST_SPAN_DAYS = 1100


def latest_versions() -> QuerySet[AnomalyRule]:
    """This function will return the latest version of every rule, switched on or off."""
    newest = AnomalyRule.objects.filter(code=OuterRef("code")).order_by("-version").values("id")[:1]
    return AnomalyRule.objects.filter(id=Subquery(newest))


def rules_in_force() -> list[AnomalyRule]:
    """This function will return the rules that are switched on, by code."""
    return list(latest_versions().filter(active=True).order_by("code"))


def anomaly_rule(code: str, version: int | None = None) -> AnomalyRule:
    """This function will return one version of a rule, the latest if none is named. Raises UnknownAnomalyRule."""
    rows = AnomalyRule.objects.filter(code=code)
    found = (rows if version is None else rows.filter(version=version)).order_by("-version").first()
    if found is None:
        which = code if version is None else f"{code} version {version}"
        raise UnknownAnomalyRule(f"there is no anomaly rule {which}; the list of rules shows all", rule=code)
    return found


def rule_versions(code: str) -> list[AnomalyRule]:
    """This function will return every version of a rule, the latest first. Raises UnknownAnomalyRule."""
    anomaly_rule(code)
    return list(AnomalyRule.objects.filter(code=code).order_by("-version"))


def drafted_rule(document: Mapping[str, Any]) -> AnomalyRule:
    """This function will return the rule that a document (code, kind, name, parameters, scope, severity, active)
    describes, checked and not saved. Raises UnknownRuleKind, RuleParameterWrong."""
    for part in ("name", "parameters", "scope"):
        if not isinstance(document.get(part) or {}, Mapping):
            raise RuleParameterWrong(f"a rule's {part} must be an object of names and values", parameter=part)
    kind = kind_of(str(document.get("kind", "")))
    parameters = checked_parameters(kind, document.get("parameters") or {})
    scope = checked_scope(kind, parameters, document.get("scope") or {})
    known = set(Party.objects.filter(code__in=scope["parties"]).values_list("code", flat=True))
    missing = set(scope["parties"]) - known
    if missing:
        raise RuleParameterWrong(
            f"there is no party {min(missing)!r}; name parties by their codes", parameter="parties"
        )
    severity = str(document.get("severity", Severity.WARNING))
    if severity not in Severity.values:
        raise RuleParameterWrong(
            f"the severity must be one of {', '.join(Severity.values)}, not {severity!r}",
            parameter="severity",
        )
    return AnomalyRule(
        code=str(document.get("code", "")), kind=kind.code, name=dict(document.get("name") or {}),
        parameters=parameters, scope=scope, severity=severity, active=bool(document.get("active", True)),
    )  # fmt: skip


def finding_params(rule: AnomalyRule, *, lo: datetime, hi: datetime, zone: tzinfo) -> dict[str, Any]:
    """This function will return the named parameters of a rule's SELECT over the span [lo, hi)."""
    parties = rule.scope.get("parties") or None
    ids = list(Party.objects.filter(code__in=parties).values_list("id", flat=True)) if parties else None
    return {
        "lo": lo, "hi": hi, "zone": str(zone), "currency": rule.scope.get("currency") or None, "parties": ids,
        "floor_minor": 0, "threshold": 1, **rule.parameters,
    }  # fmt: skip


def latest_run(code: str) -> MonitoringRun | None:
    """This function will return the latest evaluation of a rule that came to its end, or None."""
    runs = MonitoringRun.objects.filter(finished_at__isnull=False, counts__has_key=code)
    return runs.order_by("-id").first()


@dataclass(frozen=True)
class DryRun:
    """What a rule would raise over a span: how many, how many of them are alerts already, by month, the first."""

    found: int
    known: int
    unit: str
    by_month: list[dict[str, Any]]
    samples: list[dict[str, Any]]


def dry_run(rule: AnomalyRule, *, lo: datetime, hi: datetime, zone: tzinfo) -> DryRun:
    """This function will say what a rule (saved or not) would raise in [lo, hi); nothing is written."""
    params = finding_params(rule, lo=lo, hi=hi, zone=zone) | {"rule_code": rule.code}
    known = (
        "exists (select from settlement_alert a where a.rule_code = %(rule_code)s"
        " and a.subject_kind = f.subject_kind and a.subject_id = f.subject_id and a.currency = f.currency"
        " and a.window_from = f.window_from)"
    )
    select = finding_sql(rule.kind, rule.parameters)
    found = f"with found as materialized (select f.*, {known} as known from ({select}) f)"
    months = _rows(
        f"{found} select date_trunc('month', window_from at time zone %(zone)s)::date as month,"
        " count(*)::bigint as found, count(*) filter (where known)::bigint as known from found"
        " group by 1 order by 1",
        params,
    )
    samples = _rows(f"{found} select * from found order by value desc, subject_id limit {SAMPLES}", params)
    return DryRun(
        found=sum(row["found"] for row in months), known=sum(row["known"] for row in months),
        unit=unit_of(kind_of(rule.kind), rule.parameters), by_month=months, samples=samples,
    )  # fmt: skip


def usual_span(today: date, zone: tzinfo) -> tuple[date, date]:
    """This function will return the first and last day a dry run looks at when nobody says: the year up to the
    latest order, or up to `today` before there is one."""
    latest = latest_order_at()
    last = latest.astimezone(zone).date() if latest else today
    return last - timedelta(days=365), last


def dry_run_over(rule: AnomalyRule, *, first: date, last: date, zone: tzinfo) -> DryRun:
    """This function will say what a rule would raise on the days `first` to `last`, both included; nothing is
    written. Raises RuleParameterWrong for days the wrong way round, or more than three years."""
    if not 0 <= (last - first).days <= LONGEST_SPAN_DAYS:
        raise RuleParameterWrong(
            "choose a span of at most three years, the first day first", parameter="first"
        )
    lo, hi = (datetime.combine(day, time.min, zone) for day in (first, last + timedelta(days=1)))
    return dry_run(rule, lo=lo, hi=hi, zone=zone)


def _rows(query: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
