"""Goods left the shipper's hands: a parcel, its stock, the orders it carries."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Min, Q

from zhanggui.trade.fulfilment.models import Parcel
from zhanggui.trade.fulfilment.operations.ship_lines import Shipped, ship_lines
from zhanggui.trade.fulfilment.operations.take_back_parcel import take_back_parcel
from zhanggui.trade.fulfilment.rules import Wanted
from zhanggui.trade.orders.models import Order
from zhanggui.trade.parameters.queries import number
from zhanggui.trade.returns.models import ReturnKind, ReturnLine, ReturnState

NOTHING_COMES_OF_IT = (ReturnState.REFUSED, ReturnState.WITHDRAWN, ReturnState.CLOSED)


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
    """This function will take a parcel back. Raises UnknownParcel, ParcelEnded."""
    return take_back_parcel(shipper_id=shipper_id, parcel_no=parcel_no, at=at, actor=actor, note=note)


def withdrawn_units(order_numbers: Collection[str]) -> dict[int, int]:
    """Units by line that need not be shipped: the buyer asked for their money before anything of the line left, and
    has it or may still get it."""
    rows = (
        ReturnLine.objects.filter(line__order__order_no__in=order_numbers, case__kind=ReturnKind.REFUND_ONLY)
        .exclude(case__state__in=NOTHING_COMES_OF_IT)
        .annotate(first_sent=Min("line__parcel_lines__parcel__shipped_at"))
        .filter(Q(first_sent=None) | Q(first_sent__gte=F("case__asked_at")))
        .values_list("line_id", "quantity")
    )
    units: dict[int, int] = {}
    for line_id, quantity in rows:
        units[line_id] = units.get(line_id, 0) + quantity
    return units
