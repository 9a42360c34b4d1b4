"""Put a SKU into a cart."""

from datetime import datetime

from django.db import connection

from zhanggui.money.integers import require_integer
from zhanggui.trade.carts.errors import CartFull, CartQuantityWrong, NotOnOffer
from zhanggui.trade.carts.models import CartItem
from zhanggui.trade.carts.rules import MOST_KINDS, MOST_OF_ONE
from zhanggui.trade.carts.shapes import CartOwner
from zhanggui.trade.pricing.queries import offers

# One statement: two clicks at once are both counted, and neither finds the other's row missing.
PUT = """
insert into trade_cart_item (buyer_id, visitor, sku_id, quantity, chosen, seen_minor, seen_currency, added_at)
values (%s, %s, %s, %s, true, %s, %s, %s)
on conflict (buyer_id, visitor, sku_id) do update set quantity = trade_cart_item.quantity + excluded.quantity,
  chosen = true, seen_minor = excluded.seen_minor, seen_currency = excluded.seen_currency
where trade_cart_item.quantity + excluded.quantity <= %s
returning id
"""


def add_to_cart(
    *, owner: CartOwner, sku_id: int, quantity: int, currency: str, member: bool, at: datetime
) -> CartItem:
    """This function will put so many more of a SKU into the cart, chosen, and remember the price that the person sees
    now in `currency`. Stock is not asked: it is looked at when the cart is shown and when it is bought.

    Raises CartQuantityWrong, NotOnOffer, CartFull.
    """
    if not 1 <= require_integer(quantity, "The quantity") <= MOST_OF_ONE:
        raise CartQuantityWrong(f"a cart holds 1 to {MOST_OF_ONE} of a kind; change the quantity", sku=sku_id)
    offer = offers(sku_ids=[sku_id], currency=currency, member=member).get(sku_id)
    if offer is None or offer.refused:
        raise NotOnOffer("these goods are not on offer; look for others like them", sku=sku_id)
    mine = CartItem.objects.filter(buyer_id=owner.buyer_id, visitor=owner.visitor)
    if mine.exclude(sku_id=sku_id).count() >= MOST_KINDS:
        raise CartFull(f"the cart holds {MOST_KINDS} kinds of goods; take one out first", most=MOST_KINDS)
    with connection.cursor() as cursor:
        cursor.execute(
            PUT,
            [owner.buyer_id, owner.visitor, sku_id, quantity, offer.unit_minor, currency, at, MOST_OF_ONE],
        )
        row = cursor.fetchone()
    if row is None:
        raise CartQuantityWrong(f"a cart holds 1 to {MOST_OF_ONE} of a kind; change the quantity", sku=sku_id)
    return CartItem.objects.get(id=row[0])
