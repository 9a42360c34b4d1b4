"""Reads of promotions: what a purchase would cost, coupons on offer and in hand, what promotions gave."""

from zhanggui.trade.promotions.queries.quotes import quote

__all__ = ["quote"]
