"""What goes back for so many units, and who pays the way. Pure arithmetic, integer minor units."""

from typing import Final

REASONS: Final = ("damaged", "wrong", "not_as_described", "late", "not_arrived", "unwanted", "price", "other")
FAULT_OF_SHOP: Final = frozenset({"damaged", "wrong", "not_as_described", "late", "not_arrived"})


def goods_for_units(*, minor_left: int, units_left: int, wanted: int) -> int:
    """What goes back of a line for `wanted` of the `units_left` units, when `minor_left` of its money is left: their
    share of what is left, rounded down, so that the last unit clears the line to the cent (100 over 3 gives 33, 33,
    34), whatever was given back before for another reason."""
    return minor_left if wanted >= units_left else minor_left * wanted // units_left


BEARERS: Final = ("buyer", "merchant", "platform")


def freight_bearer(reason: str) -> str:
    """Who pays the way back: the merchant where it is the shop's fault, else the buyer."""
    return "merchant" if reason in FAULT_OF_SHOP else "buyer"


def price_drop(*, minor_left: int, units_left: int, price_now_minor: int, wanted: int) -> int:
    """What price protection gives for `wanted` units: their share of what is left of the line's money above today's
    price, never below 0."""
    return max(
        0,
        goods_for_units(minor_left=minor_left, units_left=units_left, wanted=wanted)
        - price_now_minor * wanted,
    )
