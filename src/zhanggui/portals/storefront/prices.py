"""Amounts as plain text: with the sign of their currency before them."""

from zhanggui.portals.desk.amounts import format_money

SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "HKD": "HK$", "JPY": "¥", "GBP": "£", "SGD": "S$"}


def sign_of(currency: str) -> str:
    """The sign of a currency, its code where it has none here."""
    return SIGNS.get(currency, f"{currency} ")


def plain_price(minor: int, currency: str) -> str:
    """The amount as one text: ¥1,234.50; a minus stands before the sign."""
    return f"{'-' if minor < 0 else ''}{sign_of(currency)}{format_money(abs(minor), currency)}"


def short_price(minor: int, currency: str) -> str:
    """Without decimals where there are none: ¥30 off 200."""
    return plain_price(minor, currency).removesuffix(".00")
