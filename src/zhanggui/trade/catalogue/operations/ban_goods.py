"""Take a good down by the platform, or lift that."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.catalogue.errors import GoodsIncomplete, StepNotAllowed
from zhanggui.trade.catalogue.locks import lock_goods
from zhanggui.trade.catalogue.models import Spu, SpuState
from zhanggui.trade.catalogue.operations.step_goods import step_goods
from zhanggui.trade.catalogue.rules.texts import cleaned


def ban_goods(*, number: str, reason: str, at: datetime, actor: str) -> Spu:
    """This function will take a good down for the platform, with a reason that its owner reads, in the caller's
    transaction. Raises UnknownGoods, StepNotAllowed, GoodsIncomplete."""
    spu = lock_goods(number)
    if not cleaned(reason):
        raise GoodsIncomplete("say why the good is taken down: its owner reads the reason")
    return _step(spu, SpuState.BANNED, at, actor, cleaned(reason))


def lift_ban(*, number: str, at: datetime, actor: str, note: str = "") -> Spu:
    """This function will make a good that the platform took down a draft again: it is reviewed before it is sold.
    Raises UnknownGoods, StepNotAllowed."""
    spu = lock_goods(number)
    if spu.state != SpuState.BANNED:
        raise StepNotAllowed(f"good {number} was not taken down by the platform; nothing is to be lifted")
    return _step(spu, SpuState.DRAFT, at, actor, cleaned(note))


def _step(spu: Spu, after: SpuState, at: datetime, actor: str, note: str) -> Spu:
    step_goods(spu=spu, after=after, at=at, actor=actor, note=note)
    record_change(
        at=at, actor=actor, action="goods.banned" if after == SpuState.BANNED else "goods.ban_lifted",
        object_kind="goods", object_id=spu.number, party_id=spu.owner_id, after={"reason": note},
    )  # fmt: skip
    return spu
