"""Decide on a good that waits for review."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.outbox.operations.write_notices import write_notices
from zhanggui.outbox.rules import Told
from zhanggui.trade.catalogue.errors import GoodsIncomplete, StepNotAllowed
from zhanggui.trade.catalogue.locks import lock_goods
from zhanggui.trade.catalogue.models import Spu, SpuState
from zhanggui.trade.catalogue.operations.step_goods import step_goods
from zhanggui.trade.catalogue.rules.texts import cleaned


def review_goods(*, number: str, accepted: bool, at: datetime, actor: str, reason: str = "") -> Spu:
    """This function will list a submitted good, or refuse it with a reason that its owner reads, in the caller's
    transaction. Raises UnknownGoods, StepNotAllowed, GoodsIncomplete."""
    spu = lock_goods(number)
    if spu.state != SpuState.SUBMITTED:
        raise StepNotAllowed(f"good {number} does not wait for review; look at it again", goods=number)
    if not accepted and not cleaned(reason):
        raise GoodsIncomplete("say why the good is refused: its owner reads the reason")
    if accepted:
        check_source(spu)
    after = SpuState.LISTED if accepted else SpuState.REFUSED
    step_goods(spu=spu, after=after, at=at, actor=actor, note=cleaned(reason))
    record_change(
        at=at, actor=actor, action=f"goods.{after}", object_kind="goods", object_id=number, party_id=spu.owner_id,
        after={"reason": cleaned(reason)},
    )  # fmt: skip
    told = Told(
        "goods.reviewed", number, party_id=spu.owner_id, cause=f"{number}:{at.isoformat()}",
        about={"accepted": accepted, "reason": cleaned(reason)[:200], "title": spu.title},
    )  # fmt: skip
    write_notices(told=[told], at=at)
    return spu


def check_source(spu: Spu) -> None:
    """This function will refuse to put a listing on sale whose supply goods are not. Raises StepNotAllowed."""
    if spu.source_id is None:
        return
    source = Spu.objects.select_for_update(no_key=True).get(id=spu.source_id)
    if source.state != SpuState.LISTED:
        raise StepNotAllowed(
            f"the supply goods {source.number} of {spu.number} are not on sale; wait until they are"
        )
