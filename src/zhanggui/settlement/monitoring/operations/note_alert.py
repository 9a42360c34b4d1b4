"""Write a note into an alert's history."""

from datetime import datetime

from zhanggui.settlement.monitoring.errors import AlertNoteMissing
from zhanggui.settlement.monitoring.models import AlertAct, AlertEvent
from zhanggui.settlement.monitoring.queries.alerts import alert_for_update


def note_alert(*, alert_id: int, note: str, at: datetime, actor: str) -> AlertEvent:
    """This function will add a note. Raises UnknownAlert, AlertNoteMissing for an empty one."""
    alert = alert_for_update(alert_id)
    if not note.strip():
        raise AlertNoteMissing(
            f"the note on alert {alert.id} is empty; write what you found out", alert=alert.id
        )
    return AlertEvent.objects.create(alert=alert, at=at, actor=actor, act=AlertAct.NOTE, note=note.strip())
