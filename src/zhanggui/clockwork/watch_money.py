"""Evaluate the anomaly rules over the last days."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from zhanggui.journeys.money_watched import money_watched
from zhanggui.settlement.monitoring.models import MonitoringRun


def watch_money(*, clock: Callable[[], datetime], zone: tzinfo) -> MonitoringRun:
    """This function will raise what the rules in force find."""
    return money_watched(clock=clock, zone=zone, actor="clockwork")
