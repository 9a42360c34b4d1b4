"""Refusals of promotions, in order of precedence."""

from zhanggui.money.errors import Refusal


class NothingWanted(Refusal):
    """A quote of nothing, or of a quantity that cannot be bought."""

    code = "nothing_wanted"
    http_status = 422


class UnknownCoupon(Refusal):
    """There is no such coupon, or the buyer holds none with this number."""

    code = "unknown_coupon"
    http_status = 404


class PromotionWrong(Refusal):
    """A coupon or a spend-and-save rule lacks something, or promises what cannot be."""

    code = "promotion_wrong"
    http_status = 422


class PromotionTaken(Refusal):
    """There is another promotion with this code."""

    code = "promotion_taken"
    http_status = 409


class UnknownPromotion(Refusal):
    """There is no spend-and-save rule with this code."""

    code = "unknown_promotion"
    http_status = 404


class CouponNotOffered(Refusal):
    """The coupon is closed, or cannot be claimed now."""

    code = "coupon_not_offered"
    http_status = 409


class CouponsGone(Refusal):
    """All of the coupon were claimed."""

    code = "coupons_gone"
    http_status = 409


class CouponClaimedAlready(Refusal):
    """The buyer has claimed as many of the coupon as one person may."""

    code = "coupon_claimed_already"
    http_status = 409


class CouponNotFree(Refusal):
    """A held coupon is reserved or used by another purchase."""

    code = "coupon_not_free"
    http_status = 409


class CouponsDoNotCombine(Refusal):
    """Two coupons of one shop, or two of the platform, on one purchase."""

    code = "coupons_do_not_combine"
    http_status = 422


class CouponNotUsable(Refusal):
    """A held coupon is out of its time, of another currency, or gives nothing on these goods."""

    code = "coupon_not_usable"
    http_status = 409
