"""Run once more over bills that left something open: orders, receipts and answers of banks come after them, too."""

from collections.abc import Callable
from datetime import datetime, timedelta

from zhanggui.journeys.bill_received import bill_run_again
from zhanggui.settlement.reconciliation.kinds import LIVE
from zhanggui.settlement.reconciliation.models import Difference

DAYS = 92
"""How far back: what is older is run over by hand."""


def match_again(*, clock: Callable[[], datetime], actor: str) -> int:
    """This function will run over every bill of the last `DAYS` days whose runs found what is still live, each in a
    transaction of its own, and return the number of runs that placed something; it must not be called inside one.
    """
    since = clock().date() - timedelta(days=DAYS)
    bills = Difference.objects.filter(state__in=LIVE, run__bill__ends_before__gte=since).order_by(
        "run__bill_id"
    )
    numbers = list(bills.values_list("run__bill_id", flat=True).distinct())
    return sum(len(bill_run_again(bill_id=number, clock=clock, actor=actor)) for number in numbers)
