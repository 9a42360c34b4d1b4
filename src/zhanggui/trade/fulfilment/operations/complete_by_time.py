"""Orders whose time for after-sale is over are completed."""

from datetime import datetime, timedelta

from zhanggui.trade.orders.models import Order, OrderState
from zhanggui.trade.orders.operations.advance_order import advance_order

MOST_AT_ONCE = 200


def complete_by_time(*, at: datetime, actor: str, days: int, waiting: frozenset[int]) -> list[Order]:
    """This function will complete what was received `days` before `at` or earlier, in the caller's transaction, and
    return these orders, at most MOST_AT_ONCE. Held orders wait, and those of `waiting` (order ids: something is open
    about them); orders somebody else holds are left for the next time."""
    due = (
        Order.objects.select_for_update(skip_locked=True)
        .filter(state=OrderState.RECEIVED, held=False, received_at__lte=at - timedelta(days=days))
        .exclude(id__in=waiting)
        .order_by("received_at", "id")[:MOST_AT_ONCE]
    )
    return [advance_order(order=order, to=OrderState.COMPLETED, at=at, actor=actor) for order in due]
