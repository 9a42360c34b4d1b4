"""Publish a new version of an anomaly rule."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.monitoring.errors import AnomalyRuleUnchanged, RuleParameterWrong
from zhanggui.settlement.monitoring.models import AnomalyRule
from zhanggui.settlement.monitoring.queries.rules import drafted_rule

CONTENT = ("kind", "name", "parameters", "scope", "severity", "active")
PUBLISHING_LOCK = 0x5A47_0021
LONGEST_CODE = 64


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
    rule = drafted_rule(
        {"code": code, "kind": kind, "name": name, "parameters": parameters, "scope": scope, "severity": severity,
         "active": active}
    )  # fmt: skip
    if not code or not any(rule.name.values()):
        raise RuleParameterWrong("a rule needs a code and a name", parameter="name")
    if len(code) > LONGEST_CODE:
        raise RuleParameterWrong(
            f"the code of a rule has at most {LONGEST_CODE} characters", parameter="code"
        )
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [PUBLISHING_LOCK])
    before = AnomalyRule.objects.filter(code=code).order_by("-version").first()
    rule.version = before.version + 1 if before else 1
    rule.published_at, rule.published_by, rule.reason = at, actor, reason
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
