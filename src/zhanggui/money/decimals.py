"""Decimal texts to minor units and back, exactly.

A number with separators is refused rather than guessed: "1,234" is one thousand in Shanghai and one and a
bit in São Paulo.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from zhanggui.money.currencies import currency_of
from zhanggui.money.errors import FloatRefused, NotANumber, NotExactlyRepresentable, SeparatorRefused
from zhanggui.money.integers import require_integer, require_storable
from zhanggui.money.rounding import RoundingMode, round_ratio

_PLAIN: Final = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]+))?")
_SEPARATORS: Final = re.compile(r"[,'_\s\u00a0\u066c\u202f\u2009\u2019\uff0c]")
#: Longer than any 64-bit amount with decimals; a bound, so that hostile input costs nothing.
_LONGEST_TEXT: Final = 60


def parse_minor(text: str | Decimal, currency: str, *, rounding: RoundingMode | None = None) -> int:
    """Minor units of the plain decimal number `text` in major units: "12.34" CNY is 1234.

    A Decimal is as exact as its text and passes too. Blanks around the number are ignored; zeros after the
    currency's last decimal lose nothing and pass ("1.500" CNY is 150); other digits there need `rounding`.

    Raises FloatRefused, UnknownCurrency, NotANumber (empty, NaN, words, 1e3), SeparatorRefused (1,234.56),
    NotExactlyRepresentable, AmountTooLarge.
    """
    exponent = currency_of(currency).exponent
    digits, scale = parse_decimal(text)
    if scale <= exponent:
        return require_storable(digits * 10 ** (exponent - scale), f"The amount {text}")
    divisor = 10 ** (scale - exponent)
    if digits % divisor and rounding is None:
        raise NotExactlyRepresentable(
            f"{text} has more decimals than {currency} ({exponent}); correct the amount, "
            "or name a rounding mode.",
            text=str(text),
            currency=currency,
            exponent=exponent,
        )
    return require_storable(
        round_ratio(digits, divisor, rounding or RoundingMode.HALF_EVEN), f"The amount {text}"
    )


def parse_decimal(text: str | Decimal) -> tuple[int, int]:
    """A plain decimal number as (digits, scale), worth digits / 10**scale: "-1.50" is (-150, 2).

    Raises FloatRefused, NotANumber, SeparatorRefused.
    """
    plain = _plain_text(text)
    found = _PLAIN.fullmatch(plain)
    if found is None or not (found[2] or found[3]):
        raise _refusal_of(plain)
    sign, whole, fraction = found[1], found[2], found[3] or ""
    magnitude = int(whole + fraction)
    return (-magnitude if sign == "-" else magnitude), len(fraction)


def format_plain(minor: int, currency: str) -> str:
    """Minor units as a plain decimal text for files and programs: 123456 CNY is "1234.56".

    Always shows all decimals of the currency; `parse_minor` reads it back. Raises FloatRefused,
    NotAnInteger, UnknownCurrency.
    """
    sign, whole, fraction = _parts(minor, currency)
    return f"{sign}{whole}{fraction}"


def format_grouped(minor: int, currency: str) -> str:
    """Minor units for people's eyes: -123456 CNY is "-1,234.56". Raises as `format_plain`."""
    sign, whole, fraction = _parts(minor, currency)
    return f"{sign}{whole:,}{fraction}"


def _parts(minor: int, currency: str) -> tuple[str, int, str]:
    """Sign, whole major units, and the decimals with their point."""
    exact = require_integer(minor, "The amount")
    exponent = currency_of(currency).exponent
    whole, rest = divmod(abs(exact), 10**exponent)
    return ("-" if exact < 0 else ""), whole, (f".{rest:0{exponent}d}" if exponent else "")


def _plain_text(text: Any) -> str:
    """The text of a str or Decimal, without blanks around it; refuses everything else."""
    if isinstance(text, float):
        raise FloatRefused(
            f"{text!r} is a float, which is not exact; pass the decimal text as it was written.",
            value=repr(text),
        )
    if isinstance(text, Decimal):
        # The exponent is checked before the digits are written out: Decimal("1e999999") is short.
        if not text.is_finite() or abs(text.adjusted()) > _LONGEST_TEXT:
            raise _refusal_of(str(text))
        return format(text, "f")
    if not isinstance(text, str):
        raise NotANumber(
            f"{text!r} of type {type(text).__name__} is not a decimal text; pass a string such as '12.34'.",
            text=repr(text),
        )
    plain = text.strip()
    if len(plain) > _LONGEST_TEXT:
        raise _refusal_of(plain)
    return plain


def _refusal_of(plain: str) -> NotANumber | SeparatorRefused:
    """Why `plain` is not a plain decimal number, and what to write instead."""
    shown = plain if len(plain) <= _LONGEST_TEXT else plain[:_LONGEST_TEXT] + "…"
    if not plain:
        return NotANumber("The amount is empty; write a number such as 12.34.", text=plain)
    without = _SEPARATORS.sub("", plain)
    if without != plain and _PLAIN.fullmatch(without) and any(map(str.isdigit, without)):
        return SeparatorRefused(
            f"{shown!r} has a separator, which means thousands in some countries and decimals in others; "
            "write digits and at most one point, such as 1234.56.",
            text=shown,
        )
    return NotANumber(f"{shown!r} is not a plain decimal number; write it as 1234.56.", text=shown)
