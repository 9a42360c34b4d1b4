"""Go on with after-sale cases in which somebody let their time pass."""

import logging
from collections.abc import Callable
from datetime import datetime

from zhanggui.journeys.return_asked import answers_due_soon, return_overdue
from zhanggui.money.errors import Refusal
from zhanggui.trade.returns.queries import cases_overdue

MOST = 200

logger = logging.getLogger("zhanggui.returns")


def mind_returns(*, clock: Callable[[], datetime]) -> int:
    """This function will take the turn of whoever did not in time, and return in how many cases. One that cannot go
    on is logged, and keeps no other waiting. Merchants whose time is nearly over are reminded."""
    done = 0
    for case_no in cases_overdue(clock(), most=MOST):
        try:
            return_overdue(case_no=case_no, at=clock())
        except Refusal as refusal:
            logger.error("%s: %s", case_no, refusal.message)
        else:
            done += 1
    answers_due_soon(at=clock())
    return done
