"""Raise the dunning level of debts that grew older."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from zhanggui.journeys.debt_collected import debts_aged


def age_debts(*, clock: Callable[[], datetime], zone: tzinfo) -> int:
    """This function will dun every debt that reached its next level and return how many those were."""
    return len(debts_aged(clock=clock, zone=zone, actor="clockwork"))
