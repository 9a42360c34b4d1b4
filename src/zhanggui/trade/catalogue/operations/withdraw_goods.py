"""Take a good back from review."""

from datetime import datetime

from zhanggui.trade.catalogue.errors import StepNotAllowed
from zhanggui.trade.catalogue.locks import lock_goods
from zhanggui.trade.catalogue.models import Spu, SpuState
from zhanggui.trade.catalogue.operations.step_goods import step_goods


def withdraw_goods(*, number: str, owner_id: int, at: datetime, actor: str) -> Spu:
    """This function will make an owner's good that waits for review a draft again, in the caller's transaction.
    Raises UnknownGoods, StepNotAllowed."""
    spu = lock_goods(number, owner_id=owner_id)
    if spu.state != SpuState.SUBMITTED:
        raise StepNotAllowed(f"good {number} is not being reviewed; change it as it is")
    return step_goods(spu=spu, after=SpuState.DRAFT, at=at, actor=actor)
