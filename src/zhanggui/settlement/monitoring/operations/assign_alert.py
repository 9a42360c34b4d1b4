"""Give an alert to a person."""

from datetime import datetime

from zhanggui.settlement.monitoring.errors import RuleParameterWrong
from zhanggui.settlement.monitoring.models import Alert, AlertAct, AlertEvent
from zhanggui.settlement.monitoring.queries.alerts import alert_for_update, may_handle


def assign_alert(*, alert_id: int, assignee: str, at: datetime, actor: str, note: str = "") -> Alert:
    """This function will give an alert to the platform's person `assignee` ("" = nobody) and note it.

    Raises UnknownAlert, RuleParameterWrong for somebody who may not handle alerts.
    """
    alert = alert_for_update(alert_id)
    if assignee and not may_handle(assignee):
        raise RuleParameterWrong(
            f"{assignee!r} is nobody at the platform who handles alerts; choose another person",
            parameter="assignee",
        )
    before, alert.assignee = alert.assignee, assignee
    if before != assignee:
        alert.save(update_fields=["assignee"])
        AlertEvent.objects.create(
            alert=alert, at=at, actor=actor, act=AlertAct.ASSIGNED, before=before, after=assignee,
            note=note.strip(),
        )  # fmt: skip
    return alert
