"""Keeping a buyer out and letting one in again, by staff: the buyer's state, and the sessions that end with it."""

from datetime import datetime

from django.db import transaction

from zhanggui.portals.desk.sessions import end_sessions
from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.buyers.operations.block_buyer import block_buyer, unblock_buyer
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
