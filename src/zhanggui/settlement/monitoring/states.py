"""The life of an alert as a table. A closed one can be taken up again, with a reason."""

from zhanggui.settlement.monitoring.models import AlertState as State

CLOSED = (State.FALSE_ALARM, State.FIXED, State.ACCEPTED)
OPEN = (State.NEW, State.ACKNOWLEDGED, State.HANDLING)

TRANSITIONS: dict[str, tuple[str, ...]] = {
    State.NEW: (State.ACKNOWLEDGED, State.HANDLING, *CLOSED),
    State.ACKNOWLEDGED: (State.HANDLING, *CLOSED),
    State.HANDLING: CLOSED,
    State.FALSE_ALARM: (State.HANDLING,),
    State.FIXED: (State.HANDLING,),
    State.ACCEPTED: (State.HANDLING,),
}


def allowed(before: str, after: str) -> bool:
    """This function will say whether an alert may step from `before` to `after`."""
    return after in TRANSITIONS[before]


def needs_note(before: str, after: str) -> bool:
    """This function will say whether a step must be explained: closing always, reopening too."""
    return after in CLOSED or before in CLOSED
