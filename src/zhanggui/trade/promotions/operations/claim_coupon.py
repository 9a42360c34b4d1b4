"""A buyer takes a coupon."""

from datetime import datetime

from zhanggui.trade.promotions.errors import CouponClaimedAlready, CouponNotOffered, CouponsGone
from zhanggui.trade.promotions.locks import lock_coupon
from zhanggui.trade.promotions.models import HeldCoupon


def claim_coupon(*, code: str, buyer_id: int, at: datetime) -> HeldCoupon:
    """This function will put one of a coupon into a buyer's hands, in the caller's transaction.

    The coupon's row is locked first, so that however many come at once neither the total nor what one buyer may
    have is exceeded. Raises UnknownCoupon, CouponNotOffered, CouponsGone, CouponClaimedAlready.
    """
    coupon = lock_coupon(code)
    if not coupon.active or not coupon.claim_starts_at <= at < coupon.claim_ends_before:
        raise CouponNotOffered(
            f"coupon {code} cannot be claimed now; look at the coupons on offer", coupon=code
        )
    has = HeldCoupon.objects.filter(coupon=coupon, buyer_id=buyer_id).count()
    if has >= coupon.per_buyer:
        raise CouponClaimedAlready(
            f"you have claimed {has} of coupon {code}, as many as one person may", coupon=code, claimed=has
        )
    if coupon.claimed >= coupon.total:
        raise CouponsGone(
            f"all {coupon.total} of coupon {code} were claimed", coupon=code, total=coupon.total
        )
    coupon.claimed += 1
    coupon.save(update_fields=["claimed"])
    return HeldCoupon.objects.create(coupon=coupon, buyer_id=buyer_id, sequence=has + 1, claimed_at=at)
