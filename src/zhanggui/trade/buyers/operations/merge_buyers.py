"""Make one buyer of two who proved to be one person."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.buyers.errors import BuyerBlocked, NotTwoBuyers
from zhanggui.trade.buyers.models import Address, Buyer, BuyerState, Identity
from zhanggui.trade.buyers.queries import locked_buyers


def merge_buyers(*, kept: Buyer, other: Buyer, at: datetime) -> Buyer:
    """This function will merge `other` into `kept`, in the caller's transaction, and return `kept`.

    The caller has proof that one person logged in as both. Identities and addresses move; orders keep their buyer and
    are shown under both; both log-ins work and lead to `kept`. Raises NotTwoBuyers, BuyerBlocked.
    """
    kept, other = locked_buyers(kept, other)
    if kept.id == other.id or BuyerState.MERGED in (kept.state, other.state):
        raise NotTwoBuyers("these two accounts are one already; reload the page", number=other.number)
    for buyer in (kept, other):
        if buyer.state == BuyerState.BLOCKED:
            raise BuyerBlocked("one of the two accounts is blocked; write to support", number=buyer.number)
    identities = Identity.objects.filter(buyer=other).update(buyer=kept)
    prefers = Address.objects.filter(buyer=kept, removed_at=None, preferred=True).exists()
    moving = Address.objects.filter(buyer=other)
    if prefers:
        moving.update(preferred=False)
    addresses = moving.update(buyer=kept)
    Buyer.objects.filter(merged_into=other).update(merged_into=kept)
    other.state, other.merged_into = BuyerState.MERGED, kept
    other.save(update_fields=["state", "merged_into"])
    kept.phone, kept.level_code = kept.phone or other.phone, kept.level_code or other.level_code
    kept.save(update_fields=["phone", "level_code"])
    record_change(
        at=at, actor=f"buyer:{kept.number}", action="buyers.merged", object_kind="buyer", object_id=kept.number,
        before={"merged": other.number}, after={"identities": identities, "addresses": addresses},
    )  # fmt: skip
    return kept
