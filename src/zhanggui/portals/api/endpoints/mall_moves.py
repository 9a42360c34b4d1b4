"""Orders of the mall that leave otherwise than was thought: from another warehouse, or over the counter."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router
from pydantic import Field

from zhanggui.journeys.goods_handed_over import pickup_handed_over
from zhanggui.journeys.order_transferred import order_transferred
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.endpoints.mall_orders import MallOrderFull, document_of
from zhanggui.portals.api.routes import act
from zhanggui.portals.api.schemas.fields import Code, Note, OptionalCode, Strict
from zhanggui.trade.fulfilment.queries import place_to_ship_from

router = Router(tags=["mall orders"])


class WarehouseIn(Strict):
    """Where it is shipped from now: a warehouse of whoever ships it, by code, or, empty, its merchant."""

    warehouse: OptionalCode
    note: Note = ""


class PickupIn(Strict):
    """What the buyer shows at the counter; spaces do not matter."""

    code: str = Field(min_length=1, max_length=32, pattern=r"^[0-9 ]*$")


@act(router, "/mall-orders/{order_no}/transfer", MallOrderFull)
def transfer_mall_order(request: HttpRequest, order_no: Code, payload: WarehouseIn) -> Any:
    """Have an order shipped from another warehouse, or by its merchant for its supplier, while nothing has left."""
    who = caller(request)
    who.require("orders.transfer")
    order_transferred(
        order_no=order_no, warehouse_id=place_to_ship_from(order_no, payload.warehouse), at=timezone.now(),
        actor=who.actor, note=payload.note,
    )  # fmt: skip
    return document_of(who, order_no)


@act(router, "/pickups", MallOrderFull)
def hand_over_a_pickup(request: HttpRequest, payload: PickupIn) -> Any:
    """Hand over at the shop what waits under a code: its stock leaves, and the order is received."""
    who = caller(request)
    who.require(merchant="own_orders.ship")
    assert who.party_id is not None
    order = pickup_handed_over(
        merchant_id=who.party_id, code=payload.code, at=timezone.now(), actor=who.actor
    )
    return document_of(who, order.order_no)
