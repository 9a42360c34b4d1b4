"""Say what of a cart is to be bought."""

from collections.abc import Sequence

from zhanggui.trade.carts.models import CartItem
from zhanggui.trade.carts.shapes import CartOwner


def choose_items(*, owner: CartOwner, sku_ids: Sequence[int] | None, chosen: bool) -> int:
    """This function will choose these SKUs (None: all), or take them out of the choice, and return how many are in
    the cart; in the caller's transaction."""
    mine = CartItem.objects.filter(buyer_id=owner.buyer_id, visitor=owner.visitor)
    if sku_ids is not None:
        mine = mine.filter(sku_id__in=sku_ids)
    return mine.update(chosen=chosen)
