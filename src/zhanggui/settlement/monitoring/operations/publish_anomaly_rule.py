"""Publish a new version of an anomaly rule."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from zhanggui.audit.operations.record_change import record_change
from zhanggui.parties.models import Party
from zhanggui.settlement.monitoring.errors import AnomalyRuleUnchanged, RuleParameterWrong
from zhanggui.settlement.monitoring.models import AnomalyRule, Severity
from zhanggui.settlement.monitoring.rules import checked_parameters, checked_scope, kind_of

CONTENT = ("kind", "name", "parameters", "scope", "severity", "active")
PUBLISHING_LOCK = 0x5A47_0021


def publish_anomaly_rule(
    *,
    code: str,
    kind: str,
    name: Mapping[str, str],
    parameters: Mapping[str, Any],
    scope: Mapping[str, Any],
    severity: str,
    active: bool,
    at: datetime,
    actor: str,
    reason: str = "",
) -> AnomalyRule:
    """This function will add the next version of the rule `code` and make it the one in force.

    Raises UnknownRuleKind, RuleParameterWrong, AnomalyRuleUnchanged.
    """
    known = kind_of(kind)
    checked = checked_parameters(known, parameters)
    narrowed = checked_scope(known, checked, scope)
    missing = set(narrowed["parties"]) - set(
        Party.objects.filter(code__in=narrowed["parties"]).values_list("code", flat=True)
    )
    if missing:
        raise RuleParameterWrong(
            f"there is no party {min(missing)!r}; name parties by their codes", parameter="parties"
        )
    if severity not in Severity.values:
        raise RuleParameterWrong(
            f"the severity must be one of {', '.join(Severity.values)}, not {severity!r}",
            parameter="severity",
        )
    if not code or not any(name.values()):
        raise RuleParameterWrong("a rule needs a code and a name", parameter="name")
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [PUBLISHING_LOCK])
    before = AnomalyRule.objects.filter(code=code).order_by("-version").first()
    rule = AnomalyRule(
        code=code, version=before.version + 1 if before else 1, kind=kind, name=dict(name), parameters=checked,
        scope=narrowed, severity=severity, active=active, published_at=at, published_by=actor, reason=reason,
    )  # fmt: skip
    if before is not None and _content(before) == _content(rule):
        raise AnomalyRuleUnchanged(
            f"the rule {code} says just that since version {before.version}; change something first",
            rule=code,
        )
    rule.save(force_insert=True)
    record_change(
        at=at, actor=actor, action="anomaly_rule.published", object_kind="anomaly_rule",
        object_id=f"{code}/{rule.version}", before=_content(before) if before else None, after=_content(rule),
    )  # fmt: skip
    return rule


def _content(rule: AnomalyRule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in CONTENT}
