"""Take a parcel back: what is in it is to be shipped again, or was never handed over."""

from datetime import datetime

from zhanggui.trade.fulfilment.errors import ParcelEnded
from zhanggui.trade.fulfilment.models import Parcel, ParcelState
from zhanggui.trade.fulfilment.operations.send_stock import Leaving, return_stock
from zhanggui.trade.fulfilment.queries import held_units, orders_in, parcel_of_shipper, sent_units
from zhanggui.trade.fulfilment.states import STEPS
from zhanggui.trade.orders.locks import hold_orders
from zhanggui.trade.orders.models import Order, OrderState
from zhanggui.trade.orders.operations.advance_order import add_steps
from zhanggui.trade.orders.operations.reopen_order import reopen_order


def take_back_parcel(*, shipper_id: int, parcel_no: str, at: datetime, actor: str, note: str = "") -> Parcel:
    """This function will take a parcel of the shipper back, in the caller's transaction: it was refused at the door,
    could not be delivered, or has a wrong number. Its units are in stock again, still reserved for their orders,
    which wait to be shipped, but for those that the buyer was given the money back for: they are free. The same again
    returns the parcel as it is. Raises UnknownParcel, ParcelEnded."""
    found = parcel_of_shipper(shipper_id, parcel_no)
    orders = hold_orders(list(orders_in(found).values_list("order_no", flat=True)))
    parcel = Parcel.objects.select_for_update().get(id=found.id)
    if parcel.state == ParcelState.BACK:
        return parcel
    if ParcelState.BACK not in STEPS[ParcelState(parcel.state)]:
        raise ParcelEnded(
            f"parcel {parcel_no} is {parcel.state}; goods that come back from the buyer are after-sale",
            parcel_no=parcel_no, state=parcel.state,
        )  # fmt: skip
    for order in orders:
        if order.state not in (OrderState.PAID, OrderState.SHIPPED):
            raise ParcelEnded(
                f"order {order.order_no} in parcel {parcel_no} is {order.state}; goods that come back from the buyer"
                " are after-sale",
                parcel_no=parcel_no, order_no=order.order_no,
            )  # fmt: skip
    before = held_units(orders)
    parcel.state, parcel.ended_at = ParcelState.BACK, at
    parcel.save(update_fields=["state", "ended_at"])
    held = held_units(orders)
    by_id = {order.id: order for order in orders}
    lines = list(parcel.lines.select_related("line__sku").order_by("line_id"))
    return_stock(
        back=[Leaving(by_id[one.line.order_id], one.line, one.quantity) for one in lines],
        kept=[
            Leaving(by_id[one.line.order_id], one.line, held[one.line_id] - before[one.line_id]) for one in lines
        ],
        reference=parcel.parcel_no, at=at, actor=actor,
    )  # fmt: skip
    for order in orders:
        add_steps(orders=[order], kind="parcel_back", at=at, actor=actor, note=f"{parcel_no} {note}".strip())
        if order.state == OrderState.SHIPPED and _waits(order):
            reopen_order(order=order, at=at, actor=actor, note=parcel_no)
    return parcel


def _waits(order: Order) -> bool:
    """Something of it is to be shipped again, or nothing of it is out any more."""
    ids = list(order.lines.values_list("id", flat=True))
    return any(held_units([order]).values()) or not any(sent_units(ids).values())
