"""Book that a channel kept another fee of a sub-merchant's part than was agreed."""

from datetime import datetime, tzinfo

from zhanggui.payments.models import ChargePart
from zhanggui.settlement.splits.operations.record_borne import record_borne
from zhanggui.settlement.splits.operations.record_rest import record_left_there
from zhanggui.settlement.splits.queries import hold_part, something_under_way
from zhanggui.settlement.splits.rules import FEE_DIFFERS


def settle_fee(*, part_id: int, at: datetime, zone: tzinfo) -> bool:
    """This function will put on a sub-merchant's statement what the channel kept too much of an order, or take off
    what it kept too little, once the rest is freed, in the caller's transaction, which holds
    `locks.hold_for_filling`; before that the split goes by the fee that was kept. False while something of the order
    is under way: then it is tried again."""
    part = hold_part(part_id)
    if part.fee_off_booked or something_under_way(part):
        return part.fee_off_booked
    record_left_there(part=part, at=at, zone=zone)
    record_borne(part=part, reason=FEE_DIFFERS, at=at, zone=zone)
    ChargePart.objects.filter(id=part_id).update(fee_off_booked=True)
    return True
