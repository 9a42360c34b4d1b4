"""Ask for another quantity of what is in a cart."""

from zhanggui.money.integers import require_integer
from zhanggui.trade.carts.errors import CartItemMissing, CartQuantityWrong
from zhanggui.trade.carts.models import CartItem
from zhanggui.trade.carts.rules import MOST_OF_ONE
from zhanggui.trade.carts.shapes import CartOwner


def change_quantity(*, owner: CartOwner, sku_id: int, quantity: int) -> None:
    """This function will set the quantity, in the caller's transaction. Raises CartQuantityWrong, CartItemMissing."""
    if not 1 <= require_integer(quantity, "The quantity") <= MOST_OF_ONE:
        raise CartQuantityWrong(f"a cart holds 1 to {MOST_OF_ONE} of a kind; change the quantity", sku=sku_id)
    mine = CartItem.objects.filter(buyer_id=owner.buyer_id, visitor=owner.visitor, sku_id=sku_id)
    if not mine.update(quantity=quantity):
        raise CartItemMissing("this is not in the cart any more; reload the page", sku=sku_id)
