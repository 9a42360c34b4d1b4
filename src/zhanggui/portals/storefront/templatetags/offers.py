"""What coupons say: `{% load offers %}`."""

from datetime import datetime

from django import template
from django.utils import timezone

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


@register.filter
def coupon_day(at: datetime) -> str:
    """A day, with its year where that is not this one."""
    day = timezone.localdate(at)
    return f"{day:%m-%d}" if day.year == timezone.localdate().year else f"{day:%Y-%m-%d}"
