"""Open, close or suspend a shop."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.catalogue.errors import ShopIncomplete, StepNotAllowed
from zhanggui.trade.catalogue.locks import lock_shop
from zhanggui.trade.catalogue.models import Shop, ShopState
from zhanggui.trade.catalogue.rules.texts import cleaned
from zhanggui.trade.catalogue.states import SHOP_TRANSITIONS


def switch_shop(
    *,
    merchant_id: int,
    state: ShopState,
    at: datetime,
    actor: str,
    by_platform: bool = False,
    reason: str = "",
) -> Shop:
    """This function will bring a shop to a state, in the caller's transaction, and return it: a merchant closes and
    opens it again, the platform suspends it with a reason and lifts that. One that is there already stays.

    Raises UnknownGoods, StepNotAllowed, ShopIncomplete.
    """
    row = lock_shop(merchant_id)
    if row.state == state:
        return row
    if state not in SHOP_TRANSITIONS[row.state]:
        raise StepNotAllowed(f"shop {row.code} is {row.state} and cannot become {state}; look at it again")
    if ShopState.SUSPENDED in (state, row.state) and not by_platform:
        raise StepNotAllowed("the platform has suspended the shop; ask it what has to be done")
    if state == ShopState.SUSPENDED and not cleaned(reason):
        raise ShopIncomplete("say why the shop is suspended: the merchant reads the reason")
    before = row.state
    row.state = state
    row.save(update_fields=["state"])
    record_change(
        at=at, actor=actor, action=f"shop.{state}", object_kind="shop", object_id=row.code, party_id=merchant_id,
        before={"state": str(before)}, after={"state": str(state), "reason": cleaned(reason)},
    )  # fmt: skip
    return row
