"""A purchase was not paid: its coupons are the buyer's again."""

from zhanggui.trade.promotions.locks import lock_held
from zhanggui.trade.promotions.models import HeldCoupon, HeldState


def free_coupons(*, purchase_no: str) -> int:
    """This function will free what the purchase reserved, in the caller's transaction, and return how many it freed.
    Used coupons stay used; a second time frees nothing."""
    mine = HeldCoupon.objects.filter(purchase_no=purchase_no, state=HeldState.RESERVED)
    lock_held(list(mine.values_list("id", flat=True)))
    return mine.update(state=HeldState.FREE, purchase_no="")
