"""Go on with after-sale cases in which somebody let their time pass."""

from collections.abc import Callable
from datetime import datetime

from zhanggui.journeys.return_asked import return_overdue
from zhanggui.trade.returns.queries import cases_overdue

MOST = 200


def mind_returns(*, clock: Callable[[], datetime]) -> int:
    """This function will take the turn of whoever did not in time, and return in how many cases."""
    numbers = cases_overdue(clock(), most=MOST)
    for case_no in numbers:
        return_overdue(case_no=case_no, at=clock())
    return len(numbers)
