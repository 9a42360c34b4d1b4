"""How a difference moves on."""

from zhanggui.settlement.reconciliation.kinds import DifferenceState as S

MOVES: dict[str, frozenset[str]] = {
    S.SUSPENDED: frozenset({S.OPEN, S.CLEARED, S.EXPLAINED, S.ADJUSTED, S.WRITTEN_OFF}),
    S.OPEN: frozenset({S.CLEARED, S.EXPLAINED, S.ADJUSTED, S.WRITTEN_OFF}),
    S.CLEARED: frozenset(),
    S.EXPLAINED: frozenset(),
    S.ADJUSTED: frozenset(),
    S.WRITTEN_OFF: frozenset(),
}


def allowed(before: str, after: str) -> bool:
    """This function will say whether a difference may move from one state to the other."""
    return after in MOVES.get(before, frozenset())
