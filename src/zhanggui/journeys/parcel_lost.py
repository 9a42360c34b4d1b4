"""A parcel is lost: its shipper says so, or the platform does."""

from datetime import datetime

from django.db import transaction

from zhanggui.trade.fulfilment.models import Parcel
from zhanggui.trade.fulfilment.operations.lose_parcel import lose_parcel


@transaction.atomic
def parcel_lost(
    *, shipper_id: int | None, parcel_no: str, at: datetime, actor: str, note: str = ""
) -> Parcel:
    """This function will mark a parcel as lost, as its shipper or (None) as the platform. Raises UnknownParcel,
    ParcelEnded."""
    return lose_parcel(shipper_id=shipper_id, parcel_no=parcel_no, at=at, actor=actor, note=note)
