"""The life of a statement as a table a finance person can read.

Payment and invoice stations follow in later releases; every step leaves a StatementEvent.
"""

from zhanggui.settlement.statements.models import StatementState as State

TRANSITIONS: dict[str, tuple[str, ...]] = {
    State.OPEN: (State.CONFIRMING, State.ZERO),
    State.CONFIRMING: (State.CONFIRMED, State.CARRIED),
    State.CONFIRMED: (),
    State.CARRIED: (),
    State.ZERO: (),
}


def allowed(before: str, after: str) -> bool:
    """This function will say whether a statement may step from `before` to `after`."""
    return after in TRANSITIONS[before]
