"""Change a good."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.catalogue.errors import StepNotAllowed
from zhanggui.trade.catalogue.locks import lock_goods
from zhanggui.trade.catalogue.models import Spu, SpuState
from zhanggui.trade.catalogue.operations.fill_goods import fill_goods, reviewed_of, sold_of
from zhanggui.trade.catalogue.operations.index_goods import index_goods
from zhanggui.trade.catalogue.operations.step_goods import step_goods
from zhanggui.trade.catalogue.rules.goods import GoodsDraft

AGAIN = {SpuState.LISTED: SpuState.SUBMITTED, SpuState.UNLISTED: SpuState.DRAFT}


def change_goods(*, number: str, owner_id: int, draft: GoodsDraft, at: datetime, actor: str) -> Spu:
    """This function will change an owner's good, in the caller's transaction, and return it. Whatever buyers read of
    it (texts, pictures, category) is reviewed again: a listed good goes back to review, one that was taken down back
    to a draft. Prices, SKUs and freight change at once.

    Raises UnknownGoods, StepNotAllowed: it is being reviewed; and what `draft_goods` raises.
    """
    spu = lock_goods(number, owner_id=owner_id)
    looked_at, sold = reviewed_of(spu), sold_of(spu)
    fill_goods(spu=spu, draft=draft, at=at)
    looked_at_now, sold_now = reviewed_of(spu), sold_of(spu)
    changed = {
        name: value for name, value in (looked_at_now | sold_now).items() if (looked_at | sold)[name] != value
    }
    if not changed:
        return spu
    record_change(
        at=at, actor=actor, action="goods.changed", object_kind="goods", object_id=number, party_id=owner_id,
        before={name: (looked_at | sold)[name] for name in changed}, after=changed,
    )  # fmt: skip
    if looked_at != looked_at_now:
        if spu.state == SpuState.SUBMITTED:
            raise StepNotAllowed(f"good {number} is being reviewed; take it back first, then change it")
        index_goods(spu_ids=[spu.id])
        if spu.state in AGAIN:
            step_goods(
                spu=spu,
                after=AGAIN[SpuState(spu.state)],
                at=at,
                actor=actor,
                note="what buyers read was changed",
            )
    return spu
