"""The life of a document that somebody else approves, as a table."""

from zhanggui.settlement.adjustments.models import DocumentState as State

TRANSITIONS: dict[str, tuple[str, ...]] = {
    State.PENDING: (State.APPROVED, State.REJECTED, State.WITHDRAWN, State.EXPIRED),
    State.APPROVED: (),
    State.REJECTED: (),
    State.WITHDRAWN: (),
    State.EXPIRED: (),
}


def allowed(before: str, after: str) -> bool:
    """This function will say whether a document may step from `before` to `after`."""
    return after in TRANSITIONS[before]
