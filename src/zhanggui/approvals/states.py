"""The life of a request for approval as a table."""

from zhanggui.approvals.models import ApprovalState as State

TRANSITIONS: dict[str, tuple[str, ...]] = {
    State.PENDING: (State.APPROVED, State.REJECTED, State.WITHDRAWN, State.EXPIRED),
    State.APPROVED: (),
    State.REJECTED: (),
    State.WITHDRAWN: (),
    State.EXPIRED: (),
}


def allowed(before: str, after: str) -> bool:
    """This function will say whether a request may step from `before` to `after`."""
    return after in TRANSITIONS[before]
