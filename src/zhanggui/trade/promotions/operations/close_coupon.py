"""Close a coupon: nobody claims it any more; whoever holds it may use it in its time."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.promotions.errors import CouponNotOffered
from zhanggui.trade.promotions.locks import lock_coupon
from zhanggui.trade.promotions.models import Coupon


def close_coupon(*, code: str, merchant_id: int, at: datetime, actor: str) -> Coupon:
    """This function will close an owner's coupon (0: the platform's), in the caller's transaction.

    Raises UnknownCoupon, CouponNotOffered (it is closed already).
    """
    coupon = lock_coupon(code, merchant_id=merchant_id)
    if not coupon.active:
        raise CouponNotOffered(f"coupon {code} is closed already", coupon=code)
    coupon.active = False
    coupon.save(update_fields=["active"])
    record_change(
        at=at, actor=actor, action="coupon.closed", object_kind="coupon", object_id=code, party_id=merchant_id,
        after={"claimed": coupon.claimed, "total": coupon.total},
    )  # fmt: skip
    return coupon
