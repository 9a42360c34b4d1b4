"""Alarms in the demonstration: rules, history evaluated, one alert handled, one a false alarm, one open."""

from datetime import datetime
from typing import Any

from zhanggui.journeys.alert_handled import alert_handled, alert_noted
from zhanggui.journeys.anomaly_rule_published import anomaly_rule_published
from zhanggui.journeys.money_watched import money_watched
from zhanggui.portals.shell.moments import zone
from zhanggui.settlement.monitoring.models import Alert, AlertState

RULES: tuple[dict[str, Any], ...] = (
    {
        "code": "big-order", "kind": "amount_above", "severity": "warning",
        "name": {"zh": "单笔大额订单", "en": "Single big order"},
        "parameters": {"what": "order", "threshold": 300_000}, "scope": {"currency": "GBP"},
    },
    {
        "code": "refund-ratio", "kind": "refund_ratio", "severity": "critical",
        "name": {"zh": "周退款率过高", "en": "Refunds of a week"},
        "parameters": {"threshold": 300_000, "window_hours": 168, "floor_minor": 50_000},
        "scope": {"currency": "GBP"},
    },
    {
        "code": "dispute-waits", "kind": "ageing", "severity": "warning",
        "name": {"zh": "争议久未处理", "en": "Dispute undecided for a month"},
        "parameters": {"what": "dispute", "threshold": 24 * 30},
    },
    {
        "code": "contract-ends", "kind": "ageing", "severity": "warning",
        "name": {"zh": "合同即将到期", "en": "A contract ends within 30 days"},
        "parameters": {"what": "contract", "threshold": 1},
    },
    {
        "code": "contract-over", "kind": "ageing", "severity": "critical",
        "name": {"zh": "合同已到期", "en": "A contract is over"},
        "parameters": {"what": "contract", "threshold": 720},
    },
    {
        "code": "books-broken", "kind": "invariant_violated", "severity": "critical",
        "name": {"zh": "账不平", "en": "Books do not balance"},
    },
    {
        "code": "job-fails", "kind": "job_failed", "severity": "critical",
        "name": {"zh": "任务连续失败", "en": "A job fails again and again"},
        "parameters": {"threshold": 3, "window_hours": 24},
    },
)  # fmt: skip


def publish_rules(at: datetime) -> None:
    """Finance decides what is to be looked at."""
    for rule in RULES:
        anomaly_rule_published(document=rule, at=at, actor="finance")


def evaluate(at: datetime) -> None:
    """The rules look at the whole autumn."""
    money_watched(
        clock=lambda: at, zone=zone(), actor="finance", looked_from=datetime(2011, 9, 1, tzinfo=zone()),
        looked_before=at,
    )  # fmt: skip


def handle(at: datetime) -> None:
    """Of the alerts, the first is handled to its end, the second a false alarm, the third somebody's work."""
    rows = list(Alert.objects.filter(state=AlertState.NEW).order_by("id")[:3])
    if len(rows) < 3:
        return
    handled, false_alarm, opened = rows
    alert_handled(alert_id=handled.id, after="handling", note="", at=at, actor="finance")
    alert_noted(alert_id=handled.id, note="asked the shop for its packing list", at=at, actor="finance")
    alert_handled(
        alert_id=handled.id, after="fixed", note="order and packing list agree", at=at, actor="finance"
    )
    alert_handled(
        alert_id=false_alarm.id, after="false_alarm", note="a wholesaler's Christmas order, as every year", at=at,
        actor="finance",
    )  # fmt: skip
    alert_handled(alert_id=opened.id, after="acknowledged", note="", at=at, actor="finance")
