"""Put a good on sale again."""

from datetime import datetime

from zhanggui.trade.catalogue.errors import StepNotAllowed
from zhanggui.trade.catalogue.locks import lock_goods
from zhanggui.trade.catalogue.models import Spu, SpuState
from zhanggui.trade.catalogue.operations.review_goods import check_source
from zhanggui.trade.catalogue.operations.step_goods import step_goods


def relist_goods(*, number: str, owner_id: int, at: datetime, actor: str) -> Spu:
    """This function will put an owner's good that was taken down, and not changed since, on sale again, in the
    caller's transaction. Raises UnknownGoods, StepNotAllowed."""
    spu = lock_goods(number, owner_id=owner_id)
    if spu.state != SpuState.UNLISTED:
        raise StepNotAllowed(f"good {number} was not taken down; submit it for review", goods=number)
    check_source(spu)
    return step_goods(spu=spu, after=SpuState.LISTED, at=at, actor=actor)
