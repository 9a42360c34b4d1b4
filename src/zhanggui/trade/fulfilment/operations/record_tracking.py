"""Keep what a carrier says of a parcel."""

from collections.abc import Sequence
from datetime import datetime

from zhanggui.trade.fulfilment.errors import UnknownParcel
from zhanggui.trade.fulfilment.models import Parcel, ParcelEvent, ParcelState
from zhanggui.trade.fulfilment.queries import orders_in
from zhanggui.trade.fulfilment.rules import TrackingEvent, event_code, received_by, tracking_number
from zhanggui.trade.fulfilment.states import STEPS
from zhanggui.trade.orders.models import OrderState


def record_tracking(
    *, carrier: str, tracking_no: str, events: Sequence[TrackingEvent], receive_days: int
) -> Parcel:
    """This function will keep the events of a parcel, in the caller's transaction: in any order, each once. The one
    that says it arrived ends it, at the earliest time any says so; of a parcel that is back they are kept and change
    nothing. Where it had been given up as lost, its orders get `receive_days` from then until time receives them.
    Raises UnknownParcel."""
    number = tracking_number(tracking_no)
    parcel = Parcel.objects.select_for_update().filter(carrier=carrier, tracking_no=number).first()
    if parcel is None:
        raise UnknownParcel(
            f"there is no parcel {tracking_no!r} of {carrier!r} here; send its events when it has been shipped",
            carrier=carrier, tracking_no=tracking_no,
        )  # fmt: skip
    ParcelEvent.objects.bulk_create(
        (
            ParcelEvent(
                parcel=parcel, code=event_code(one), at=one.at, place=one.place, text=one.text,
                delivered=one.delivered,
            )
            for one in events
        ),
        ignore_conflicts=True,
    )  # fmt: skip
    arrived = parcel.events.filter(delivered=True).order_by("at").values_list("at", flat=True).first()
    if arrived is not None:
        _deliver(parcel, arrived, receive_days)
    return parcel


def _deliver(parcel: Parcel, at: datetime, receive_days: int) -> None:
    if parcel.state == ParcelState.LOST:
        # the buyer was told it is lost, and gets the whole time to look at what came after all
        due = received_by(at, receive_days)
        orders_in(parcel).filter(state=OrderState.SHIPPED, receive_by__lt=due).update(receive_by=due)
    if ParcelState.DELIVERED in STEPS[ParcelState(parcel.state)]:
        parcel.state = ParcelState.DELIVERED
    elif parcel.state != ParcelState.DELIVERED:
        return
    parcel.ended_at = at
    parcel.save(update_fields=["state", "ended_at"])
