<<<<<<< HEAD
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
=======
"""A visitor logged in, or two buyers became one: one cart takes over the other."""

from django.db import connection

from zhanggui.trade.carts.models import CartItem
from zhanggui.trade.carts.operations.add_to_cart import MOST_OF_ONE
from zhanggui.trade.carts.shapes import CartOwner

TAKE_OVER = """
insert into trade_cart_item (buyer_id, visitor, sku_id, quantity, chosen, seen_minor, seen_currency, added_at)
select %s, '', sku_id, quantity, chosen, seen_minor, seen_currency, added_at from trade_cart_item
where buyer_id = %s and visitor = %s order by sku_id
on conflict (buyer_id, visitor, sku_id) do update set
  quantity = least(trade_cart_item.quantity + excluded.quantity, %s),
  chosen = trade_cart_item.chosen or excluded.chosen, seen_minor = excluded.seen_minor,
  seen_currency = excluded.seen_currency
"""


def take_over_cart(*, source: CartOwner, buyer_id: int) -> int:
    """This function will put everything of `source` into the buyer's cart, in the caller's transaction, empty
    `source`, and return how many kinds came over. What is in both is added up; nothing is refused: a cart may be
    fuller than it could be filled by hand. A second time there is nothing left to take over."""
    theirs = CartItem.objects.filter(buyer_id=source.buyer_id, visitor=source.visitor)
    # Locked first: two log-ins of one visitor at once must not both add it up.
    if source == CartOwner(buyer_id=buyer_id) or not list(
        theirs.select_for_update().order_by("id").values_list("id", flat=True)
    ):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(TAKE_OVER, [buyer_id, source.buyer_id, source.visitor, MOST_OF_ONE])
    return theirs.delete()[0]
>>>>>>> b475eb8 (Carts of visitors and buyers, what they show, favourites)
