"""Let a buyer log in with WeChat or Weibo too."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.buyers.errors import IdentityTaken
from zhanggui.trade.buyers.models import Buyer, Identity
from zhanggui.trade.buyers.operations.assert_active import assert_active
from zhanggui.trade.buyers.operations.log_in_with_identity import hold_identity, keep_identity
from zhanggui.trade.buyers.queries import identity_of


def bind_identity(
    *, buyer: Buyer, provider: str, app: str, subject: str, at: datetime, union: str = "", nickname: str = ""
) -> Identity:
    """This function will give a buyer an identity that the provider vouched for, in the caller's transaction.

    Bound already it stays as it is. Raises IdentityIncomplete, BuyerBlocked, IdentityTaken.
    """
    hold_identity(provider=provider, app=app, subject=subject, union=union)
    buyer = assert_active(buyer=buyer)
    known = identity_of(provider=provider, app=app, subject=subject, union=union)
    if known is not None and known.buyer_id != buyer.id:
        raise IdentityTaken(
            "this log-in belongs to another account of the mall; log in there, or merge the two accounts",
            provider=provider, other=known.buyer.number,
        )  # fmt: skip
    kept = keep_identity(
        buyer=buyer, provider=provider, app=app, subject=subject, union=union, nickname=nickname, at=at
    )
    if known is None:
        record_change(
            at=at, actor=f"buyer:{buyer.number}", action="identity.bound", object_kind="buyer",
            object_id=buyer.number, after={"provider": provider, "app": app},
        )  # fmt: skip
    return kept
