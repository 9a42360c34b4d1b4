"""Give a buyer more time to pay."""

from datetime import datetime

from zhanggui.trade.orders.models import Purchase, PurchaseState


def give_time_to_pay(*, purchase: Purchase, until: datetime) -> datetime:
    """This function will let a placed purchase, locked by the caller, wait for its money until then and return its
    time; it never gets shorter, and its stock and coupons stay taken."""
    if purchase.state == PurchaseState.PLACED and until > purchase.expires_at:
        purchase.expires_at = until
        purchase.save(update_fields=["expires_at"])
    return purchase.expires_at
