"""Hold a buyer who may act."""

from zhanggui.trade.buyers.errors import BuyerBlocked, BuyerNotSo
from zhanggui.trade.buyers.models import Buyer, BuyerState
from zhanggui.trade.buyers.queries import locked_buyers


def assert_active(*, buyer: Buyer) -> Buyer:
    """This function will lock a buyer until the caller's transaction ends and return it fresh.

    Raises BuyerBlocked, BuyerNotSo for one who was merged meanwhile.
    """
    (fresh,) = locked_buyers(buyer)
    if fresh.state == BuyerState.BLOCKED:
        raise BuyerBlocked("this account is blocked; write to support", number=fresh.number)
    if fresh.state == BuyerState.MERGED:
        raise BuyerNotSo(
            f"buyer {fresh.number} was merged into another one; reload the page", number=fresh.number
        )
    return fresh
