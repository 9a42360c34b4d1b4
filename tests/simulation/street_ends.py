"""The last days of a simulated street: everybody is there, everything is asked to its end."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from tests.simulation.buying import ask, expire, hear, refund, resolve_refund
from tests.simulation.mall import bill
from tests.simulation.minding import mind, move_on, send, step, tell, to_ship
from tests.simulation.splitting import split
from zhanggui.journeys.mall_order_held import mall_order_released
from zhanggui.payments.models import Refund, RefundState
from zhanggui.trade.catalogue.errors import OutOfStock
from zhanggui.trade.fulfilment.rules import Wanted
from zhanggui.trade.orders.models import GiveBack, Order
from zhanggui.trade.returns.models import ReturnCase, ReturnState

ROUNDS = 12
AFTERWARDS = (move_on, mind, tell, bill, split)


def drain(street: Any) -> None:
    """Nobody buys any more; what is out is queried, what is asked is decided, what is paid is shipped."""
    street.channel.calm = True
    for order in Order.objects.filter(held=True).order_by("id"):
        mall_order_released(order_no=order.order_no, at=street.story.clock(), actor="staff")
    for _ in range(ROUNDS):
        street.story.now += timedelta(days=3)
        for act in (hear, ask, expire, _money_goes_back, _cases_go_on, _parcels_leave, *AFTERWARDS):
            act(street)


def _money_goes_back(street: Any) -> None:
    street.channel.works()
    refund(street)
    current = set(GiveBack.objects.values_list("refund_no", flat=True))
    for row in Refund.objects.filter(state__in=(RefundState.FAILED, RefundState.ABNORMAL)).order_by("id"):
        again = Refund.objects.filter(cause=f"{row.cause}|{row.refund_no[-8:]}").exists()
        if row.state == RefundState.ABNORMAL or (
            (row.refund_no in current or not row.reference) and not again
        ):
            resolve_refund(street, row)
    street.story.now += timedelta(minutes=5)
    refund(street)


def _cases_go_on(street: Any) -> None:
    for case in ReturnCase.objects.filter(ended_at=None).exclude(state=ReturnState.REFUNDING).order_by("id"):
        with suppress(OutOfStock):  # an exchange that cannot be sent goes to the platform by time
            step(street, case)


def _parcels_leave(street: Any) -> None:
    for order in to_ship():
        send(street, order, Wanted(order.order_no))
