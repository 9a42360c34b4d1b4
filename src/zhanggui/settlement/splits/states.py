"""The lives of splits, shares and shares taken back as tables a finance person can read."""

from zhanggui.settlement.splits.models import ShareReturnState, ShareState, SplitReceiverState, SplitState

RECEIVER: dict[str, tuple[str, ...]] = {
    SplitReceiverState.PROPOSED: (SplitReceiverState.CONFIRMED, SplitReceiverState.CLOSED),
    SplitReceiverState.CONFIRMED: (
        SplitReceiverState.ADDED, SplitReceiverState.REFUSED, SplitReceiverState.CLOSED,
    ),
    SplitReceiverState.ADDED: (SplitReceiverState.CLOSED,),
    SplitReceiverState.REFUSED: (),
    SplitReceiverState.CLOSED: (),
}  # fmt: skip
SPLIT: dict[str, tuple[str, ...]] = {
    SplitState.RECORDED: (SplitState.ASKED, SplitState.UNCLEAR, SplitState.FINISHED, SplitState.REFUSED),
    SplitState.UNCLEAR: (SplitState.ASKED, SplitState.FINISHED, SplitState.REFUSED),
    SplitState.ASKED: (SplitState.FINISHED,),
    SplitState.FINISHED: (),
    SplitState.REFUSED: (),
    SplitState.LEFT: (),
}
SHARE: dict[str, tuple[str, ...]] = {
    ShareState.PENDING: (ShareState.SUCCEEDED, ShareState.CLOSED),
    ShareState.SUCCEEDED: (),
    ShareState.CLOSED: (),
}
RETURN: dict[str, tuple[str, ...]] = {
    ShareReturnState.RECORDED: (
        ShareReturnState.PROCESSING, ShareReturnState.UNCLEAR, ShareReturnState.SUCCEEDED,
        ShareReturnState.FAILED,
    ),
    ShareReturnState.UNCLEAR: (
        ShareReturnState.PROCESSING, ShareReturnState.SUCCEEDED, ShareReturnState.FAILED,
    ),
    ShareReturnState.PROCESSING: (ShareReturnState.SUCCEEDED, ShareReturnState.FAILED),
    ShareReturnState.SUCCEEDED: (),
    ShareReturnState.FAILED: (),
}  # fmt: skip

SPLITS_OPEN = (SplitState.RECORDED, SplitState.ASKED, SplitState.UNCLEAR)
SPLITS_ENDED = (SplitState.LEFT, SplitState.FINISHED, SplitState.REFUSED)
RETURNS_OPEN = (ShareReturnState.RECORDED, ShareReturnState.PROCESSING, ShareReturnState.UNCLEAR)


def allowed(table: dict[str, tuple[str, ...]], before: str, after: str) -> bool:
    """This function will say whether something may step from `before` to `after`."""
    return after in table[before]
