"""A carrier says where a parcel is."""

from collections.abc import Sequence

from django.db import transaction

from zhanggui.trade.fulfilment.models import Parcel
from zhanggui.trade.fulfilment.operations.record_tracking import record_tracking
from zhanggui.trade.fulfilment.rules import TrackingEvent
from zhanggui.trade.parameters.queries import number


@transaction.atomic
def parcel_tracked(*, carrier: str, tracking_no: str, events: Sequence[TrackingEvent]) -> Parcel:
    """This function will keep what a carrier says, in any order and any number of times. Raises UnknownParcel."""
    days = number("receive_after_days")
    return record_tracking(carrier=carrier, tracking_no=tracking_no, events=events, receive_days=days)
