"""A parcel is lost on its way."""

from datetime import datetime

from zhanggui.outbox.operations.write_notices import write_notices
from zhanggui.trade.fulfilment.errors import ParcelEnded
from zhanggui.trade.fulfilment.models import Parcel, ParcelState
from zhanggui.trade.fulfilment.queries import orders_in, parcel_to_act_on
from zhanggui.trade.fulfilment.states import STEPS
from zhanggui.trade.orders.locks import hold_orders
from zhanggui.trade.orders.operations.advance_order import add_steps
from zhanggui.trade.orders.telling import told_of

KIND = "parcel_lost"


def lose_parcel(
    *, shipper_id: int | None, parcel_no: str, at: datetime, actor: str, note: str = ""
) -> Parcel:
    """This function will mark a parcel (of this shipper; of anybody for None, the platform) as lost, in the caller's
    transaction. Its orders stay on their way: they are not received by time while it is lost, and the buyer may ask
    the money back. It may still turn up or be taken back. The same again returns the parcel as it is. Raises
    UnknownParcel, ParcelEnded."""
    found = parcel_to_act_on(shipper_id, parcel_no)
    orders = hold_orders(list(orders_in(found).values_list("order_no", flat=True)))
    parcel = Parcel.objects.select_for_update().get(id=found.id)
    if parcel.state == ParcelState.LOST:
        return parcel
    if ParcelState.LOST not in STEPS[ParcelState(parcel.state)]:
        raise ParcelEnded(
            f"parcel {parcel_no} is {parcel.state}; only one that is on its way can be lost",
            parcel_no=parcel_no, state=parcel.state,
        )  # fmt: skip
    parcel.state = ParcelState.LOST
    parcel.save(update_fields=["state"])
    add_steps(orders=orders, kind=KIND, at=at, actor=actor, note=f"{parcel_no} {note}".strip())
    told = [
        one for order in orders for one in told_of(order, "parcel.lost", cause=parcel_no)
        if one.buyer_id or one.party_id != shipper_id  # who says it knows it
    ]  # fmt: skip
    write_notices(told=told, at=at)
    return parcel
