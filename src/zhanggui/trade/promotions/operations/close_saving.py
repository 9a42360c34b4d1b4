"""Close a spend-and-save rule before its time."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.promotions.errors import UnknownPromotion
from zhanggui.trade.promotions.locks import lock_saving
from zhanggui.trade.promotions.models import SpendAndSave


def close_saving(*, code: str, merchant_id: int, at: datetime, actor: str) -> SpendAndSave:
    """This function will close an owner's rule (0: the platform's), in the caller's transaction: it saves nothing on
    what is bought from now on. Raises UnknownPromotion (also for one that is closed)."""
    rule = lock_saving(code, merchant_id=merchant_id)
    if not rule.active:
        raise UnknownPromotion(f"spend-and-save rule {code} is closed already", rule=code)
    rule.active = False
    rule.save(update_fields=["active"])
    record_change(
        at=at, actor=actor, action="saving.closed", object_kind="saving", object_id=code, party_id=merchant_id
    )
    return rule
