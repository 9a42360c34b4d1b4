"""The lives of subsidies and of what is taken back of them as tables a finance person can read."""

from zhanggui.settlement.subsidies.models import SubsidyReturnState, SubsidyState

SUBSIDY: dict[str, tuple[str, ...]] = {
    SubsidyState.RECORDED: (SubsidyState.PAID, SubsidyState.CALLED_OFF),
    SubsidyState.PAID: (),
    SubsidyState.CALLED_OFF: (),
}
RETURN: dict[str, tuple[str, ...]] = {
    SubsidyReturnState.RECORDED: (SubsidyReturnState.SUCCEEDED, SubsidyReturnState.FAILED),
    SubsidyReturnState.SUCCEEDED: (),
    SubsidyReturnState.FAILED: (),
}


def allowed(table: dict[str, tuple[str, ...]], before: str, after: str) -> bool:
    """This function will say whether something may step from `before` to `after`."""
    return after in table[before]
