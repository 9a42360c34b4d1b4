"""Refusals of carts, in order of precedence."""

from zhanggui.money.errors import Refusal


class NotOnOffer(Refusal):
    """The SKU or good cannot be bought at all: nobody offers it here."""

    code = "not_on_offer"
    http_status = 404


class CartItemMissing(Refusal):
    """The SKU is not in the cart."""

    code = "cart_item_missing"
    http_status = 404


class CartQuantityWrong(Refusal):
    """A quantity below 1, or above what a cart holds of one SKU."""

    code = "cart_quantity_wrong"
    http_status = 422


class CartFull(Refusal):
    """The cart holds as many different SKUs as it may."""

    code = "cart_full"
    http_status = 409
