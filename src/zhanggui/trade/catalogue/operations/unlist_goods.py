"""Take a good off sale."""

from datetime import datetime

from zhanggui.trade.catalogue.locks import lock_goods
from zhanggui.trade.catalogue.models import Spu, SpuState
from zhanggui.trade.catalogue.operations.step_goods import step_goods


def unlist_goods(*, number: str, owner_id: int, at: datetime, actor: str) -> Spu:
    """This function will take an owner's good off sale, in the caller's transaction; listings of supply goods follow.
    Raises UnknownGoods, StepNotAllowed."""
    spu = lock_goods(number, owner_id=owner_id)
    return step_goods(spu=spu, after=SpuState.UNLISTED, at=at, actor=actor)
