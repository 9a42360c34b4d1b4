"""Orders that are on their way long enough are received."""

from datetime import datetime

from zhanggui.trade.orders.models import Order, OrderState
from zhanggui.trade.orders.operations.advance_order import advance_order

MOST_AT_ONCE = 200


def receive_by_time(*, at: datetime, actor: str, waiting: frozenset[int]) -> list[Order]:
    """This function will mark as received what is due at `at`, in the caller's transaction, and return these orders,
    at most MOST_AT_ONCE. Held orders wait, and those of `waiting` (order ids: something is open about them); orders
    somebody else holds are left for the next time."""
    due = (
        Order.objects.select_for_update(skip_locked=True)
        .filter(state=OrderState.SHIPPED, held=False, receive_by__lte=at)
        .exclude(id__in=waiting)
        .order_by("receive_by", "id")[:MOST_AT_ONCE]
    )
    return [advance_order(order=order, to=OrderState.RECEIVED, at=at, actor=actor) for order in due]
