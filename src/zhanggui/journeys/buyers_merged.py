"""Two buyers proved to be one person: who they are, their carts, favourites and free coupons become one."""

from datetime import datetime

from django.db import transaction

from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.buyers.operations.merge_buyers import merge_buyers
from zhanggui.trade.carts.operations.take_over_cart import take_over_cart, take_over_favourites
from zhanggui.trade.promotions.operations.take_over_coupons import take_over_coupons


def buyers_merged(*, kept: Buyer, other: Buyer, at: datetime) -> Buyer:
    """This function will merge `other` into `kept` and return `kept`; the caller has proof that one person logged in
    as both.

    Log-ins, addresses, cart, favourites and free coupons move; orders keep their buyer and are shown under both
    (`buyers.queries.buyers_of`). Raises NotTwoBuyers, BuyerBlocked.
    """
    with transaction.atomic():
        kept = merge_buyers(kept=kept, other=other, at=at)
        take_over_cart(to_buyer=kept.id, from_buyer=other.id)
        take_over_favourites(from_buyer=other.id, to_buyer=kept.id)
        take_over_coupons(from_buyer=other.id, to_buyer=kept.id)
    return kept
