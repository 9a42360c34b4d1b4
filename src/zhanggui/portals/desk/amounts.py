"""How amounts and rates are written on a screen. Exact integers in, text out; never locale dependent."""

from zhanggui.money.decimals import format_grouped, format_plain, parse_minor
from zhanggui.money.errors import MoneyError

MINUS = "-"
MOST_MINOR = 2**63
"""Amounts in the database are bigint; a larger one can match nothing."""


def format_money(minor: int, currency: str, *, signed: bool = False) -> str:
    """Write minor units as grouped decimal text.

    Args:
        minor: amount in minor units of `currency` (fen, cents, points).
        currency: ISO 4217 code or `PTS`; decides the number of decimals only.
        signed: also write `+` before a positive amount.

    Returns:
        `-1,234.56` for -123456 CNY. The currency itself is named by the heading, not by each amount.
    """
    text = format_grouped(minor, currency)
    return f"+{text}" if signed and minor > 0 else text


def decimal_text(minor: int, currency: str) -> str:
    """Write minor units as plain decimal text for files: `-1234.56`, no grouping."""
    return format_plain(minor, currency)


def format_integer(value: int) -> str:
    """Write a count with thousands separators."""
    return f"{value:,}"


def format_rate(ppm: int) -> str:
    """Write parts per million as the shortest exact percentage: 50000 -> `5%`, 6125 -> `0.6125%`."""
    whole, part = divmod(abs(ppm), 10_000)
    digits = f"{part:04d}".rstrip("0")
    return (MINUS if ppm < 0 else "") + (f"{whole:,}.{digits}%" if digits else f"{whole:,}%")


def parse_amount(text: str, currency: str) -> int | None:
    """Read what a person typed into an amount filter; None when it is not an amount of that currency."""
    cleaned = text.strip().replace(",", "").replace("，", "").replace("¥", "")
    try:
        minor = parse_minor(cleaned, currency)
    except MoneyError:
        return None
    return minor if abs(minor) < MOST_MINOR else None
