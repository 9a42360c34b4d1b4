"""Rows of promotions, locked in one order: the coupon, then held coupons by id. In trade's order they come after the
buyer, the purchase and its orders, and before stock."""

from collections.abc import Sequence

from zhanggui.trade.promotions.errors import UnknownCoupon, UnknownPromotion
from zhanggui.trade.promotions.models import Coupon, HeldCoupon, SpendAndSave


def lock_coupon(code: str, *, merchant_id: int | None = None) -> Coupon:
    """This function will return a coupon (of one owner, if named) and keep others from it. Raises UnknownCoupon."""
    rows = Coupon.objects.select_for_update(no_key=True).filter(code=code)
    row = (rows if merchant_id is None else rows.filter(merchant_id=merchant_id)).first()
    if row is None:
        raise UnknownCoupon(f"there is no coupon {code}; check its code", coupon=code)
    return row


def lock_held(held_ids: Sequence[int]) -> dict[int, HeldCoupon]:
    """This function will return held coupons by id and keep others from them, taken by id so that two purchases
    never wait for each other."""
    rows = HeldCoupon.objects.select_for_update(no_key=True, of=("self",)).filter(id__in=held_ids)
    return {row.id: row for row in rows.select_related("coupon").order_by("id")}


def lock_saving(code: str, *, merchant_id: int) -> SpendAndSave:
    """This function will return an owner's spend-and-save rule and keep others from it. Raises UnknownPromotion."""
    row = (
        SpendAndSave.objects.select_for_update(no_key=True).filter(code=code, merchant_id=merchant_id).first()
    )
    if row is None:
        raise UnknownPromotion(f"there is no spend-and-save rule {code}; check its code", rule=code)
    return row
