"""Reads over anomaly rules: which are in force, what one would have raised."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from zhanggui.parties.models import Party
from zhanggui.settlement.monitoring.errors import UnknownAnomalyRule
from zhanggui.settlement.monitoring.findings import finding_sql
from zhanggui.settlement.monitoring.models import AnomalyRule, MonitoringRun
from zhanggui.settlement.monitoring.rules import kind_of, unit_of

SAMPLES = 50


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


def finding_params(rule: AnomalyRule, *, lo: datetime, hi: datetime, zone: tzinfo) -> dict[str, Any]:
    """This function will return the named parameters of a rule's SELECT over the span [lo, hi)."""
    parties = rule.scope.get("parties") or None
    ids = list(Party.objects.filter(code__in=parties).values_list("id", flat=True)) if parties else None
    return {
        "lo": lo, "hi": hi, "zone": str(zone), "currency": rule.scope.get("currency") or None, "parties": ids,
        "floor_minor": 0, "threshold": 1, **rule.parameters,
    }  # fmt: skip


def latest_run() -> MonitoringRun | None:
    """This function will return the latest evaluation that came to its end, or None."""
    return MonitoringRun.objects.filter(finished_at__isnull=False).order_by("-id").first()


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


def _rows(query: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
