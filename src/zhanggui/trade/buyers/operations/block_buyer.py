"""Keep a buyer out, or let one in again."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.buyers.errors import BuyerNotSo
from zhanggui.trade.buyers.models import Buyer, BuyerState
from zhanggui.trade.buyers.queries import locked_buyers


def block_buyer(*, buyer: Buyer, reason: str, at: datetime, actor: str) -> Buyer:
    """This function will block a buyer: no log-in, no purchase. Raises BuyerNotSo unless active."""
    return _moved(buyer, BuyerState.ACTIVE, BuyerState.BLOCKED, "buyer.blocked", reason, at, actor)


def unblock_buyer(*, buyer: Buyer, reason: str, at: datetime, actor: str) -> Buyer:
    """This function will let a blocked buyer in again. Raises BuyerNotSo unless blocked."""
    return _moved(buyer, BuyerState.BLOCKED, BuyerState.ACTIVE, "buyer.unblocked", reason, at, actor)


def _moved(
    buyer: Buyer, before: BuyerState, after: BuyerState, action: str, reason: str, at: datetime, actor: str
) -> Buyer:
    (fresh,) = locked_buyers(buyer)
    if fresh.state != before:
        raise BuyerNotSo(
            f"buyer {fresh.number} is {fresh.state}, not {before}; reload the page", number=fresh.number,
            state=fresh.state,
        )  # fmt: skip
    fresh.state = after
    fresh.save(update_fields=["state"])
    record_change(
        at=at, actor=actor, action=action, object_kind="buyer", object_id=fresh.number,
        before={"state": before}, after={"state": after, "reason": reason.strip()[:200]},
    )  # fmt: skip
    return fresh
