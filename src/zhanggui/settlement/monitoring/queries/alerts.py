"""Reads over alerts: one of them, who may handle them, the rows behind, how many wait."""

from datetime import tzinfo
from typing import Any

from django.db.models import Count

from zhanggui.parties.queries import colleagues_who_may
from zhanggui.settlement.monitoring.errors import UnknownAlert
from zhanggui.settlement.monitoring.findings import evidence_sql
from zhanggui.settlement.monitoring.models import Alert, AlertEvent
from zhanggui.settlement.monitoring.states import OPEN


def alert(alert_id: int) -> Alert:
    """This function will return one alert with its rule. Raises UnknownAlert."""
    found = Alert.objects.select_related("rule").filter(id=alert_id).first()
    if found is None:
        raise UnknownAlert(f"there is no alert {alert_id}; the inbox lists all", alert=alert_id)
    return found


def alert_for_update(alert_id: int) -> Alert:
    """This function will return one alert, locked. Raises UnknownAlert."""
    found = Alert.objects.select_for_update(of=("self",)).filter(id=alert_id).first()
    if found is None:
        raise UnknownAlert(f"there is no alert {alert_id}; the inbox lists all", alert=alert_id)
    return found


def alert_history(alert_id: int) -> list[AlertEvent]:
    """This function will return what happened to an alert, the earliest first."""
    return list(AlertEvent.objects.filter(alert_id=alert_id).order_by("id"))


def open_alerts_count() -> int:
    """This function will count the alerts nobody has closed."""
    return Alert.objects.filter(state__in=OPEN).count()


def open_alerts_by_severity() -> dict[str, int]:
    """This function will count the open alerts per severity."""
    rows = Alert.objects.filter(state__in=OPEN).values_list("severity").annotate(n=Count("id"))
    return dict(rows)


def handlers() -> list[str]:
    """This function will return the log-ins of the platform's people who may handle alerts."""
    return colleagues_who_may("alerts.act")


def may_handle(username: str) -> bool:
    """This function will say whether a log-in is among the handlers."""
    return username in handlers()


def evidence_of(row: Alert, *, zone: tzinfo) -> tuple[str, dict[str, Any]]:
    """This function will return the SELECT over the rows behind an alert, with its named parameters.

    The rows are those of the window as the books hold them now: a document that came in later for the same
    window is among them, while the alert keeps the value it was raised with.
    """
    params = {
        "zone": str(zone), "floor_minor": 0, **row.rule.parameters, "subject": row.subject_id,
        "subject_party": row.party_id, "subject_currency": row.currency, "window_from": row.window_from,
        "window_before": row.window_before, "hi": row.window_before,
    }  # fmt: skip
    return evidence_sql(row.kind, row.rule.parameters), params
