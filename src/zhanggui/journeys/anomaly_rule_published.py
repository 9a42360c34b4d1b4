"""An anomaly rule was published, or switched on or off, which is a version too."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from zhanggui.settlement.monitoring.models import AnomalyRule
from zhanggui.settlement.monitoring.operations.publish_anomaly_rule import publish_anomaly_rule
from zhanggui.settlement.monitoring.queries.rules import anomaly_rule


@transaction.atomic
def anomaly_rule_published(*, document: Mapping[str, Any], at: datetime, actor: str) -> AnomalyRule:
    """This function will publish a rule from its document (code, kind, name, parameters, scope, severity, active,
    reason). Raises what publish_anomaly_rule raises."""
    return publish_anomaly_rule(
        code=str(document.get("code", "")), kind=str(document.get("kind", "")), name=document.get("name") or {},
        parameters=document.get("parameters") or {}, scope=document.get("scope") or {},
        severity=str(document.get("severity", "warning")), active=bool(document.get("active", True)),
        reason=str(document.get("reason", "")), at=at, actor=actor,
    )  # fmt: skip


@transaction.atomic
def anomaly_rule_switched(
    *, code: str, active: bool, at: datetime, actor: str, reason: str = ""
) -> AnomalyRule:
    """This function will switch a rule on or off by a new version. Raises UnknownAnomalyRule,
    AnomalyRuleUnchanged when it is so already."""
    rule = anomaly_rule(code)
    return publish_anomaly_rule(
        code=code, kind=rule.kind, name=rule.name, parameters=rule.parameters, scope=rule.scope,
        severity=rule.severity, active=active, reason=reason, at=at, actor=actor,
    )  # fmt: skip
