"""What lies in one cart goes into another: a visitor logs in, or two buyers turn out to be one person."""

from django.db.models import Q

from zhanggui.trade.carts.models import CartItem, Favourite
from zhanggui.trade.carts.rules import MOST_OF_ONE


def take_over_cart(*, to_buyer: int, visitor: str = "", from_buyer: int = 0) -> int:
    """This function will move a visitor's cart, or another buyer's, to a buyer, in the caller's transaction, and
    return how many items came.

    What lies in both is added up, up to the most that one item may be; the price seen is the buyer's own.
    """
    if bool(visitor) == bool(from_buyer) or from_buyer == to_buyer:
        return 0
    theirs = Q(buyer_id=0, visitor=visitor) if visitor else Q(buyer_id=from_buyer, visitor="")
    rows = CartItem.objects.select_for_update().filter(theirs | Q(buyer_id=to_buyer, visitor=""))
    mine: dict[int, CartItem] = {}
    coming: list[CartItem] = []
    for row in rows.order_by("sku_id", "buyer_id", "id"):
        if row.buyer_id == to_buyer:
            mine[row.sku_id] = row
        else:
            coming.append(row)
    for row in coming:
        own = mine.get(row.sku_id)
        if own is None:
            row.buyer_id, row.visitor = to_buyer, ""
            row.save(update_fields=["buyer_id", "visitor"])
            continue
        own.quantity = min(own.quantity + row.quantity, MOST_OF_ONE)
        own.chosen = own.chosen or row.chosen
        own.save(update_fields=["quantity", "chosen"])
        row.delete()
    return len(coming)


def take_over_favourites(*, from_buyer: int, to_buyer: int) -> int:
    """This function will move what one buyer wants to find again to another, and return how many were new there."""
    mine = Favourite.objects.filter(buyer_id=to_buyer).values("spu_id")
    Favourite.objects.filter(buyer_id=from_buyer, spu_id__in=mine).delete()
    return Favourite.objects.filter(buyer_id=from_buyer).update(buyer_id=to_buyer)
