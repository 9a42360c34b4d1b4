"""A purchase was paid: its coupons are used."""

from datetime import datetime

from zhanggui.trade.promotions.locks import lock_held
from zhanggui.trade.promotions.models import HeldCoupon, HeldState


def use_coupons(*, purchase_no: str, at: datetime) -> int:
    """This function will mark what the purchase reserved as used, in the caller's transaction, and return how many
    it uses. A second time changes nothing. Coupons are freed when a purchase is cancelled, and no cancelled purchase
    is paid: money that comes for it later is surplus and goes back, so there is nothing to take again."""
    mine = HeldCoupon.objects.filter(purchase_no=purchase_no)
    held = lock_held(list(mine.values_list("id", flat=True)))
    reserved = [row.id for row in held.values() if row.state == HeldState.RESERVED]
    HeldCoupon.objects.filter(id__in=reserved, purchase_no=purchase_no).update(
        state=HeldState.USED, used_at=at
    )
    return mine.filter(state=HeldState.USED).count()
