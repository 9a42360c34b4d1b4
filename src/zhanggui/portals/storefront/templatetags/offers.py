"""What coupons say: `{% load offers %}`."""

from django import template

from zhanggui.portals.storefront.offers import coupon_text, coupon_worth
from zhanggui.trade.promotions.models import Coupon

register = template.Library()


@register.filter
def worth(coupon: Coupon) -> str:
    """What it takes off."""
    return coupon_worth(coupon)


@register.filter
def from_words(coupon: Coupon) -> str:
    """From how much on."""
    return coupon_text(coupon)
