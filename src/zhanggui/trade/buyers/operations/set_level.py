"""Give a buyer a member level, or take it."""

import re
from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.buyers.errors import BuyerNotSo, LevelRefused
from zhanggui.trade.buyers.models import Buyer, BuyerState
from zhanggui.trade.buyers.queries import locked_buyers

LEVEL = re.compile(r"[\w.-]{0,64}")


def set_level(*, buyer: Buyer, level: str, at: datetime, actor: str) -> Buyer:
    """This function will give a buyer a member level (会员等级), or none for an empty one, in the caller's
    transaction: whoever has one buys at member prices from now on, and what was ordered keeps its prices. The same
    again changes nothing. Raises LevelRefused, BuyerNotSo for one who was merged into another."""
    level = level.strip()
    if not LEVEL.fullmatch(level):
        raise LevelRefused(
            f"{level!r} is no code of a level; it has up to 64 letters, digits, hyphens and dots"
        )
    (fresh,) = locked_buyers(buyer)
    if fresh.state == BuyerState.MERGED:
        raise BuyerNotSo(
            f"buyer {fresh.number} was merged into another one; reload the page", number=fresh.number
        )
    before = fresh.level_code
    if before != level:
        fresh.level_code = level
        fresh.save(update_fields=["level_code"])
        record_change(
            at=at, actor=actor, action="buyer.level_set", object_kind="buyer", object_id=fresh.number,
            before={"level": before}, after={"level": level},
        )  # fmt: skip
    return fresh
