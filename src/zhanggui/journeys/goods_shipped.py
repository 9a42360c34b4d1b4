"""Goods left the shipper's hands: a parcel, its stock, the orders it carries."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from zhanggui.journeys.order_called_off import shipping_ended
from zhanggui.trade.fulfilment.models import Parcel
from zhanggui.trade.fulfilment.operations.ship_lines import Shipped, ship_lines
from zhanggui.trade.fulfilment.operations.take_back_parcel import take_back_parcel
from zhanggui.trade.fulfilment.queries import orders_in
from zhanggui.trade.fulfilment.rules import Wanted
from zhanggui.trade.orders.locks import hold_orders
from zhanggui.trade.orders.models import Order
from zhanggui.trade.parameters.queries import number
from zhanggui.trade.returns.queries import withdrawn_units


@transaction.atomic
def goods_shipped(
    *, shipper_id: int, wanted: Sequence[Wanted], carrier: str, tracking_no: str, at: datetime, actor: str
) -> Shipped:
    """This function will ship orders, lines or parts of them as one parcel. The same parcel again is returned as it
    is. Raises what `ship_lines` raises."""
    numbers = {one.order_no for one in wanted}
    # no case is opened on an order while it is locked
    list(
        Order.objects.select_for_update()
        .filter(Q(merchant_id=shipper_id) | Q(supplier_id=shipper_id), order_no__in=numbers)
        .order_by("order_no")
        .values_list("id", flat=True)
    )
    return ship_lines(
        shipper_id=shipper_id, wanted=wanted, carrier=carrier, tracking_no=tracking_no, at=at, actor=actor,
        receive_days=number("receive_after_days"), withdrawn=withdrawn_units(numbers),
    )  # fmt: skip


@transaction.atomic
def parcel_taken_back(*, shipper_id: int, parcel_no: str, at: datetime, actor: str, note: str = "") -> Parcel:
    """This function will take a parcel back. An order of which nothing is left to ship, because all of it was given
    back, ends. The same again changes nothing. Raises UnknownParcel, ParcelEnded."""
    parcel = take_back_parcel(shipper_id=shipper_id, parcel_no=parcel_no, at=at, actor=actor, note=note)
    for order in hold_orders(list(orders_in(parcel).values_list("order_no", flat=True))):
        shipping_ended(order=order, at=at, actor=actor, note=parcel_no)
    return parcel
