"""Goods that travel in no parcel reach the buyer: fetched at the shop, or given as codes."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from zhanggui.money.errors import Refusal
from zhanggui.trade.catalogue.models.goods import GoodsKind
from zhanggui.trade.fulfilment.models import PickupCode
from zhanggui.trade.fulfilment.operations.add_digital_items import add_digital_items
from zhanggui.trade.fulfilment.operations.give_digital import give_digital
from zhanggui.trade.fulfilment.operations.hand_over_pickup import hand_over_pickup
from zhanggui.trade.fulfilment.operations.make_pickup_code import make_pickup_code
from zhanggui.trade.orders.models import Order, OrderState


@transaction.atomic
def pickup_handed_over(*, merchant_id: int, code: str, at: datetime, actor: str) -> Order:
    """This function will hand over what waits at the shop under `code`. Raises WrongPickupCode, OrderOnHold,
    OrderNotToShip."""
    return hand_over_pickup(merchant_id=merchant_id, code=code, at=at, actor=actor)


@transaction.atomic
def digital_items_added(
    *, owner_id: int, sku_code: str, items: Sequence[str], at: datetime, actor: str
) -> int:
    """This function will take in codes of a digital good. Raises DigitalItemRefused."""
    return add_digital_items(owner_id=owner_id, sku_code=sku_code, items=items, at=at, actor=actor)


def paid_orders_prepared(*, clock: Callable[[], datetime], actor: str, most: int = 500) -> int:
    """This function will give paid orders what they wait for: codes to digital ones, pick-up codes to those that are
    fetched; and return to how many. An order for which there are too few codes waits, each by itself."""
    digital = Order.objects.filter(kind=GoodsKind.DIGITAL, state=OrderState.PAID, held=False).order_by(
        "paid_at"
    )
    done = 0
    for order_no in list(digital.values_list("order_no", flat=True)[:most]):
        try:
            with transaction.atomic():
                give_digital(order_no=order_no, at=clock(), actor=actor)
        except Refusal:
            continue
        done += 1
    fetched = Order.objects.filter(kind=GoodsKind.PICKUP, state=OrderState.PAID)
    for order in fetched.exclude(id__in=PickupCode.objects.values("order_id")).order_by("paid_at")[:most]:
        with transaction.atomic():
            make_pickup_code(order=order)
        done += 1
    return done
