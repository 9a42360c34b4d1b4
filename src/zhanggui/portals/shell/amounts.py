"""Amounts as commands print them."""

from zhanggui.money import Money

ANY_CURRENCY = "*"


def grouped_in(minor: int, currency: str) -> str:
    """An amount in a currency; without one nobody knows how many minor units make a unit."""
    return f"{minor:,} minor units" if currency == ANY_CURRENCY else Money(minor, currency).grouped()
