"""A rule in one line, and the span the small market lies in."""

from datetime import datetime
from typing import Any

from tests.isolation.market import NOW, ZONE, clock
from zhanggui.journeys.money_watched import money_watched
from zhanggui.settlement.monitoring.models import Alert, AnomalyRule, MonitoringRun
from zhanggui.settlement.monitoring.operations.publish_anomaly_rule import publish_anomaly_rule

START = datetime(2026, 5, 1, tzinfo=ZONE)


def publish(
    code: str, kind: str, *, currency: str = "CNY", parties: Any = (), **parameters: Any
) -> AnomalyRule:
    """Put a rule in force."""
    more = {name: parameters.pop(name) for name in ("severity", "active") if name in parameters}
    return publish_anomaly_rule(
        code=code, kind=kind, name={"en": code, "zh": code}, parameters=parameters,
        scope={"currency": currency, "parties": list(parties)}, at=NOW, actor="tests", reason="",
        **({"severity": "warning", "active": True} | more),
    )  # fmt: skip


def watch(since: datetime = START, before: datetime = NOW) -> MonitoringRun:
    """Evaluate the rules in force over the market's whole life."""
    return money_watched(clock=clock, zone=ZONE, actor="tests", looked_from=since, looked_before=before)


def found(code: str) -> list[tuple[str, str, int]]:
    """(subject kind, label, value) of the alerts of a rule."""
    rows = Alert.objects.filter(rule_code=code).order_by("window_from", "label")
    return [(row.subject_kind, row.label, row.value) for row in rows]
