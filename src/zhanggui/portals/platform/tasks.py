"""Background tasks of the platform (procrastinate finds them by this module name). Each may run twice."""

from datetime import date

from django.utils import timezone
from procrastinate.contrib.django import app

from zhanggui.journeys.period_ended import period_ended
from zhanggui.portals.desk.lists.remembered import forget


@app.task(name="platform.close_through", queue="clockwork", queueing_lock="close_through", lock="books")
def close_through(through: str, actor: str) -> None:
    """Close every statement whose last day is at most `through`. Run twice, the second finds nothing."""
    period_ended(
        through=date.fromisoformat(through), clock=timezone.now, zone=timezone.get_default_timezone(),
        actor=actor,
    )  # fmt: skip
    forget("platform.statements")
