"""Move on the orders of the mall for which time is up, and give paid ones what needs no parcel."""

from collections.abc import Callable
from datetime import datetime

from zhanggui.journeys.goods_handed_over import paid_orders_prepared
from zhanggui.journeys.goods_received import goods_received_by_time, orders_completed_by_time


def move_orders_on(*, clock: Callable[[], datetime]) -> int:
    """This function will receive and complete what is due, and return how many orders moved."""
    received = goods_received_by_time(clock=clock, actor="clockwork")
    return received + orders_completed_by_time(clock=clock, actor="clockwork")


def prepare_paid_orders(*, clock: Callable[[], datetime]) -> int:
    """This function will give codes to paid orders that wait for them, and return to how many."""
    return paid_orders_prepared(clock=clock, actor="clockwork")
