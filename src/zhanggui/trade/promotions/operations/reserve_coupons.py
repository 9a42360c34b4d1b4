"""Keep a buyer's coupons for a purchase that is being placed."""

from collections.abc import Sequence

from zhanggui.trade.promotions.errors import CouponNotFree, UnknownCoupon
from zhanggui.trade.promotions.locks import lock_held
from zhanggui.trade.promotions.models import HeldCoupon, HeldState


def reserve_coupons(*, held_coupons: Sequence[int], buyer_id: int, purchase_no: str) -> None:
    """This function will reserve the coupons, all or none, in the caller's transaction. Those that this purchase
    has reserved before stay as they are, so placing it again changes nothing.

    Of two purchases that want one coupon the second waits for the first and is refused.
    Raises UnknownCoupon, CouponNotFree.
    """
    wanted = sorted(set(held_coupons))
    found = lock_held(wanted) if wanted else {}
    for held_id in wanted:
        row = found.get(held_id)
        if row is None or row.buyer_id != buyer_id:
            raise UnknownCoupon(
                f"you hold no coupon {held_id}; choose among the coupons you hold", held=held_id
            )
        if row.state != HeldState.FREE and (row.state, row.purchase_no) != (HeldState.RESERVED, purchase_no):
            raise CouponNotFree(
                f"coupon {row.coupon.code} is {row.state} by purchase {row.purchase_no}; choose another one",
                held=held_id, state=row.state,
            )  # fmt: skip
    HeldCoupon.objects.filter(id__in=wanted, state=HeldState.FREE).update(
        state=HeldState.RESERVED, purchase_no=purchase_no
    )
