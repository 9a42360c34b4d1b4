"""Take SKUs out of a cart: by hand, or because they were bought."""

from collections.abc import Sequence

from zhanggui.trade.carts.models import CartItem
from zhanggui.trade.carts.shapes import CartOwner


def remove_items(*, owner: CartOwner, sku_ids: Sequence[int]) -> int:
    """This function will take these SKUs out, in the caller's transaction, and return how many were there."""
    mine = CartItem.objects.filter(buyer_id=owner.buyer_id, visitor=owner.visitor, sku_id__in=sku_ids)
    return mine.delete()[0]
