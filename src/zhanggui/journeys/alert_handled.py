"""An alert was handled, assigned or noted on: one act, one transaction."""

from datetime import datetime

from django.db import transaction

from zhanggui.settlement.monitoring.models import Alert, AlertEvent
from zhanggui.settlement.monitoring.operations.assign_alert import assign_alert
from zhanggui.settlement.monitoring.operations.handle_alert import handle_alert
from zhanggui.settlement.monitoring.operations.note_alert import note_alert


@transaction.atomic
def alert_handled(*, alert_id: int, after: str, note: str, at: datetime, actor: str) -> Alert:
    """This function will step an alert. Raises UnknownAlert, AlertStepNotAllowed, AlertNoteMissing."""
    return handle_alert(alert_id=alert_id, after=after, note=note, at=at, actor=actor)


@transaction.atomic
def alert_assigned(*, alert_id: int, assignee: str, at: datetime, actor: str, note: str = "") -> Alert:
    """This function will give an alert to somebody. Raises UnknownAlert, RuleParameterWrong."""
    return assign_alert(alert_id=alert_id, assignee=assignee, at=at, actor=actor, note=note)


@transaction.atomic
def alert_noted(*, alert_id: int, note: str, at: datetime, actor: str) -> AlertEvent:
    """This function will add a note to an alert. Raises UnknownAlert, AlertNoteMissing."""
    return note_alert(alert_id=alert_id, note=note, at=at, actor=actor)
