"""The platform accepts an application or rejects it."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.applications.errors import ApplicationDecided, ApplicationWrong
from zhanggui.trade.applications.models import Application, ApplicationState

REASON_LONGEST = 255


def decide_application(
    *, row: Application, accepted: bool, at: datetime, actor: str, reason: str = "", party_id: int = 0,
    username: str = "",
) -> Application:  # fmt: skip
    """This function will write down the decision on an application that its caller locked, in the caller's
    transaction: accepted with the party and the log-in that were opened, or rejected with a reason the applicant
    reads. Raises ApplicationDecided, ApplicationWrong."""
    if row.state != ApplicationState.WAITING:
        raise ApplicationDecided(
            f"application {row.number} was {row.state} by {row.decided_by}; ask the applicant for a new one",
            number=row.number, state=row.state,
        )  # fmt: skip
    reason = reason.strip()
    if len(reason) > REASON_LONGEST or not reason.isprintable() or not (accepted or reason):
        raise ApplicationWrong(
            f"give a reason, in one line of at most {REASON_LONGEST} characters; the applicant reads it",
            field="reason",
        )
    row.state = ApplicationState.ACCEPTED if accepted else ApplicationState.REJECTED
    row.reason, row.party_id, row.username, row.decided_at, row.decided_by = (
        reason,
        party_id,
        username,
        at,
        actor,
    )
    row.save(update_fields=["state", "reason", "party_id", "username", "decided_at", "decided_by"])
    record_change(
        at=at, actor=actor, action=f"application.{row.state}", object_kind="application", object_id=row.number,
        party_id=party_id, before={"state": "waiting"},
        after={"state": row.state, "reason": reason, "username": username},
    )  # fmt: skip
    return row
