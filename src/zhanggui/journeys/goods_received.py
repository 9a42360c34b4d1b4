"""Goods reached the buyer, or time says so; then time closes after-sale."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from zhanggui.trade.fulfilment.operations.complete_by_time import complete_by_time
from zhanggui.trade.fulfilment.operations.confirm_receipt import confirm_receipt
from zhanggui.trade.fulfilment.operations.put_off_receipt import put_off_receipt
from zhanggui.trade.fulfilment.operations.receive_by_time import receive_by_time
from zhanggui.trade.fulfilment.queries import orders_with_lost_parcels
from zhanggui.trade.orders.models import Order
from zhanggui.trade.parameters.queries import number
from zhanggui.trade.returns.models import ReturnCase


@transaction.atomic
def goods_received(*, order_no: str, buyer_ids: list[int], at: datetime, actor: str) -> Order:
    """This function will mark an order as received by its buyer; said again, it changes nothing. Raises UnknownOrder,
    ReceiptNotPossible."""
    return confirm_receipt(order_no=order_no, buyer_ids=buyer_ids, at=at, actor=actor)


@transaction.atomic
def receipt_put_off(*, order_no: str, buyer_ids: list[int], at: datetime, actor: str) -> Order:
    """This function will give the buyer more time, once. Raises UnknownOrder, ReceiptNotPossible, PutOffBefore."""
    return put_off_receipt(
        order_no=order_no, buyer_ids=buyer_ids, days=number("put_off_days"), at=at, actor=actor
    )


def goods_received_by_time(*, clock: Callable[[], datetime], actor: str) -> int:
    """This function will mark as received every order whose time is over, and return how many those were. Orders with
    an open after-sale case wait, and those with a lost parcel."""
    done = 0
    while True:
        with transaction.atomic():
            lost = orders_with_lost_parcels()
            moved = len(receive_by_time(at=clock(), actor=actor, waiting=_open_about() | lost))
        if not moved:
            return done
        done += moved


def orders_completed_by_time(*, clock: Callable[[], datetime], actor: str) -> int:
    """This function will complete every order whose time for after-sale is over, and return how many those were.
    Orders with an open after-sale case wait."""
    days, done = number("complete_after_days"), 0
    while True:
        with transaction.atomic():
            moved = len(complete_by_time(at=clock(), actor=actor, days=days, waiting=_open_about()))
        if not moved:
            return done
        done += moved


def _open_about() -> frozenset[int]:
    return frozenset(ReturnCase.objects.filter(ended_at=None).values_list("order_id", flat=True))
