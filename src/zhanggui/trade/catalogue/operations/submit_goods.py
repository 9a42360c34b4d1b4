"""Ask for a good to be reviewed."""

from datetime import datetime

from zhanggui.trade.catalogue.locks import lock_goods
from zhanggui.trade.catalogue.models import Spu, SpuState
from zhanggui.trade.catalogue.operations.step_goods import step_goods
from zhanggui.trade.catalogue.rules.goods import axis_of, checked_attributes


def submit_goods(*, number: str, owner_id: int, at: datetime, actor: str) -> Spu:
    """This function will hand an owner's draft to the platform's review, in the caller's transaction.

    Raises UnknownGoods, StepNotAllowed, GoodsIncomplete: it does not say what its type asks for.
    """
    spu = lock_goods(number, owner_id=owner_id)
    kind = spu.category.product_type
    assert kind is not None
    checked_attributes(spu.attributes, [axis_of(row) for row in kind.attributes.all()], complete=True)
    return step_goods(spu=spu, after=SpuState.SUBMITTED, at=at, actor=actor)
