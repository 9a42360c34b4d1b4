"""Bill whatever became due, for every business line."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from zhanggui.journeys.goods_billable import Billed, goods_billable
from zhanggui.settlement.entities.models import BusinessLine


def bill_due(*, clock: Callable[[], datetime], zone: tzinfo) -> dict[str, Billed]:
    """This function will bill each business line up to now and return what each came to."""
    return {
        line.code: goods_billable(
            business_line=line, as_of=clock(), clock=clock, zone=zone, actor="clockwork"
        )
        for line in BusinessLine.objects.order_by("id")
    }
