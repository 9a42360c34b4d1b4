"""The goods of a case are back: the carrier has earned its freight."""

from datetime import datetime

from zhanggui.trade.returns.models import ReturnCase, ReturnFreight


def earn_way_back(*, case: ReturnCase, at: datetime | None) -> None:
    """This function will have the freight of a case's way back earned as of `at`, the case locked by the caller; by
    None not (any more): they did not come. Of a case without such a freight nothing happens, and what was earned
    before keeps its time."""
    found = ReturnFreight.objects.filter(case=case)
    (found.filter(earned_at=None) if at else found).update(earned_at=at)
