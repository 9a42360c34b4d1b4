"""A person wants an order planned anew: what was left, refused or closed."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.splits.errors import SplitNotInState, UnknownSplit
from zhanggui.settlement.splits.models import ShareState, Split, SplitKind, SplitState
from zhanggui.settlement.splits.states import SPLITS_ENDED


def ask_split_again(*, number: str, at: datetime, actor: str) -> Split:
    """This function will have the order of a split that ended planned anew with the next run, also for parties that
    the channel refused before, in the caller's transaction.

    Raises UnknownSplit; SplitNotInState while it is under way, when all of it arrived, or when a later one is there.
    """
    split = Split.objects.select_for_update().filter(number=number).first()
    if split is None:
        raise UnknownSplit(f"there is no split {number!r}", number=number)
    later = Split.objects.filter(part_id=split.part_id, kind=SplitKind.SHARES, sequence__gt=split.sequence)
    arrived = split.state == SplitState.FINISHED and not split.shares.filter(state=ShareState.CLOSED).exists()
    if split.state not in SPLITS_ENDED or split.kind != SplitKind.SHARES or arrived or later.exists():
        raise SplitNotInState(
            f"split {number} is {split.state}; only the latest of an order is planned anew, and only when not all of"
            " it arrived", state=split.state,
        )  # fmt: skip
    split.again_at, split.again_by = at, actor
    split.save(update_fields=["again_at", "again_by"])
    record_change(
        at=at, actor=actor, action="split.asked_again", object_kind="split", object_id=number,
        party_id=split.merchant_id, after={"order_no": split.order_no, "state": str(split.state)},
    )  # fmt: skip
    return split
