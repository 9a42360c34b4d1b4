"""Handle an alert: acknowledge it, take it up, close it, or take a closed one up again."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.monitoring.errors import AlertNoteMissing, AlertStepNotAllowed
from zhanggui.settlement.monitoring.models import Alert, AlertAct, AlertEvent
from zhanggui.settlement.monitoring.queries.alerts import alert_for_update
from zhanggui.settlement.monitoring.states import CLOSED, TRANSITIONS, allowed, needs_note


def handle_alert(*, alert_id: int, after: str, note: str, at: datetime, actor: str) -> Alert:
    """This function will step an alert to the state `after` and write it into its history.

    Whoever takes up an alert that nobody has becomes its assignee.
    Raises UnknownAlert, AlertStepNotAllowed, AlertNoteMissing.
    """
    alert = alert_for_update(alert_id)
    before = alert.state
    if not allowed(before, after):
        ways = ", ".join(TRANSITIONS[before])
        raise AlertStepNotAllowed(
            f"alert {alert.id} is {before} and leads to {ways}, not to {after}", alert=alert.id, state=before
        )
    if needs_note(before, after) and not note.strip():
        raise AlertNoteMissing(
            f"say in a sentence why alert {alert.id} becomes {after}; the next person reads it",
            alert=alert.id,
        )
    alert.state = after
    alert.closed_at = at if after in CLOSED else None
    if after == "handling" and not alert.assignee:
        alert.assignee = actor
    alert.save(update_fields=["state", "closed_at", "assignee"])
    AlertEvent.objects.create(
        alert=alert, at=at, actor=actor, act=AlertAct.STEP, before=before, after=after, note=note.strip()
    )
    record_change(
        at=at, actor=actor, action="alert.handled", object_kind="alert", object_id=str(alert.id),
        before={"state": before}, after={"state": after, "note": note.strip()}, party_id=alert.party_id,
    )  # fmt: skip
    return alert
