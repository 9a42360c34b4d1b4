"""What staff do with a buyer: keeping one out and letting in again, with the sessions that end; the member level."""

from datetime import datetime

from django.db import transaction

from zhanggui.portals.desk.sessions import end_sessions
from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.buyers.operations.block_buyer import block_buyer, unblock_buyer
from zhanggui.trade.buyers.operations.set_level import set_level
from zhanggui.trade.buyers.queries import buyers_of


def keep_out(*, buyer: Buyer, reason: str, at: datetime, actor: str) -> Buyer:
    """Block a buyer and log the person out everywhere. Raises BuyerNotSo."""
    with transaction.atomic():
        blocked = block_buyer(buyer=buyer, reason=reason, at=at, actor=actor)
        for user_id in Buyer.objects.filter(id__in=buyers_of(blocked)).values_list("user_id", flat=True):
            end_sessions(user_id)
    return blocked


def let_in(*, buyer: Buyer, reason: str, at: datetime, actor: str) -> Buyer:
    """Let a blocked buyer in again. Raises BuyerNotSo."""
    with transaction.atomic():
        return unblock_buyer(buyer=buyer, reason=reason, at=at, actor=actor)


def make_member(*, buyer: Buyer, level: str, at: datetime, actor: str) -> Buyer:
    """Give a buyer a member level, or none. Raises LevelRefused, BuyerNotSo."""
    with transaction.atomic():
        return set_level(buyer=buyer, level=level, at=at, actor=actor)
