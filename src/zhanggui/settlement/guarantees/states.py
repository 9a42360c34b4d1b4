"""The life of a hold as a table; a document over a deposit lives like an adjustment (`adjustments.states`)."""

from zhanggui.settlement.guarantees.models import Hold

OPEN, RELEASED = "open", "released"
TRANSITIONS: dict[str, tuple[str, ...]] = {OPEN: (RELEASED,), RELEASED: ()}


def state_of(hold: Hold) -> str:
    """This function will say at which station a hold is."""
    return RELEASED if hold.released_at else OPEN


def allowed(before: str, after: str) -> bool:
    """This function will say whether a hold may step from `before` to `after`."""
    return after in TRANSITIONS[before]
