"""The security of money was looked at: what was found is kept, and what is new becomes an alert."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo

from django.db import transaction

from zhanggui.audit.models import SecurityAudit
from zhanggui.audit.operations.keep_security_audit import Found, keep_security_audit
from zhanggui.journeys.money_watched import money_watched
from zhanggui.settlement.monitoring.models import AnomalyRule
from zhanggui.settlement.monitoring.operations.publish_anomaly_rule import publish_anomaly_rule
from zhanggui.settlement.monitoring.queries.rules import rules_in_force

KIND = "security_finding"
STANDARD_RULES = {
    "security-critical": ("critical", {"zh": "安全审计：严重", "en": "Security audit: critical"}),
    "security-warning": ("warning", {"zh": "安全审计：警告", "en": "Security audit: warning"}),
}
"""Published with the first audit, and the installation's own from then on: switched off, they stay off."""


def security_audited(
    *, looked_at: Sequence[str], found: Sequence[Found], at: datetime, actor: str, zone: tzinfo,
    clock: Callable[[], datetime], milliseconds: int = 0,
) -> SecurityAudit:  # fmt: skip
    """This function will keep an audit, then raise an alert for each finding that no alert was raised for since it
    is there."""
    with transaction.atomic():
        row = keep_security_audit(
            looked_at=looked_at, found=found, at=at, actor=actor, milliseconds=milliseconds
        )
        _publish_standard_rules(at=at, actor=actor)
    moment = timedelta(seconds=1)
    money_watched(
        clock=clock, zone=zone, actor=actor, looked_from=at - moment, looked_before=at + moment,
        rules=[rule for rule in rules_in_force() if rule.kind == KIND],
    )  # fmt: skip
    return row


def _publish_standard_rules(*, at: datetime, actor: str) -> None:
    known = set(AnomalyRule.objects.filter(code__in=STANDARD_RULES).values_list("code", flat=True))
    for code, (severity, name) in STANDARD_RULES.items():
        if code not in known:
            publish_anomaly_rule(
                code=code, kind=KIND, name=name, parameters={"severity": severity}, scope={}, severity=severity,
                active=True, at=at, actor=actor,
            )  # fmt: skip
