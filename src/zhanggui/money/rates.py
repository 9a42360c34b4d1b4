"""Rates as integer parts per million: 5% is 50,000 ppm, 0.6% is 6,000 ppm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from zhanggui.money.decimals import parse_decimal
from zhanggui.money.errors import InvalidRate, MoneyError
from zhanggui.money.integers import require_integer
from zhanggui.money.rounding import RoundingMode, round_ratio

#: Parts per million in a whole.
WHOLE_PPM: Final = 1_000_000
#: 10,000%: no fee is a hundred times its base, but a slipped decimal point is.
LARGEST_PPM: Final = 100 * WHOLE_PPM

#: Unit -> decimals between it and one part per million. ％ is the full-width sign of Chinese keyboards.
_DECIMALS_OF_UNIT: Final = {"%": 4, "％": 4, "‰": 3, "ppm": 0}


@dataclass(frozen=True, slots=True, order=True)
class Rate:
    """`ppm` parts per million, zero or more; who pays whom is not the rate's business.

    Raises FloatRefused, NotAnInteger, InvalidRate (negative, or above 10,000%).
    """

    ppm: int

    def __post_init__(self) -> None:
        ppm = require_integer(self.ppm, "The rate")
        if ppm < 0:
            raise InvalidRate(
                f"A rate of {ppm} ppm is negative; keep it positive and swap payer and receiver.", ppm=ppm
            )
        if ppm > LARGEST_PPM:
            raise InvalidRate(
                f"A rate of {ppm} ppm is above {format_rate(LARGEST_PPM)}; check the decimal point.", ppm=ppm
            )
        object.__setattr__(self, "ppm", ppm)

    @classmethod
    def parse(cls, text: str) -> Rate:
        """Read "5%", "0.6%", "6‰" or "6000ppm", exactly. Raises as `parse_rate`."""
        return cls(parse_rate(text))

    def of(self, minor: int, mode: RoundingMode) -> int:
        """This share of `minor`, rounded once."""
        return apply(minor, self.ppm, mode)

    def __str__(self) -> str:
        return format_rate(self.ppm)


def apply(minor: int, ppm: int, mode: RoundingMode) -> int:
    """`minor * ppm / 1,000,000` in minor units, rounded once by `mode`; exact at any size.

    Raises FloatRefused, NotAnInteger.
    """
    amount = require_integer(minor, "The amount")
    return round_ratio(amount * require_integer(ppm, "The rate"), WHOLE_PPM, mode)


def parse_rate(text: str | int) -> int:
    """Parts per million of a rate text with its unit ("5%", "0.6%", "6‰", "6000ppm"); an int is ppm.

    A bare "0.05" is refused: it might be 5% or 0.05%.
    Raises FloatRefused, NotAnInteger, InvalidRate (no unit, no number, negative, finer than one ppm, above
    10,000%).
    """
    if not isinstance(text, str):
        return Rate(require_integer(text, "The rate")).ppm
    stripped = text.strip()
    unit = next((unit for unit in _DECIMALS_OF_UNIT if stripped.endswith(unit)), None)
    if unit is None:
        raise InvalidRate(f"The rate {text!r} has no unit; write 5%, 0.6%, 6‰ or 6000ppm.", text=text)
    try:
        digits, scale = parse_decimal(stripped.removesuffix(unit))
    except MoneyError as refusal:
        raise InvalidRate(f"The rate {text!r} cannot be read: {refusal.message}", text=text) from refusal
    shift = _DECIMALS_OF_UNIT[unit] - scale
    if shift >= 0:
        return Rate(digits * 10**shift).ppm
    ppm, finer = divmod(digits, 10**-shift)
    if finer:
        raise InvalidRate(
            f"The rate {text!r} is finer than one part per million (0.0001%); shorten it.", text=text
        )
    return Rate(ppm).ppm


def format_rate(ppm: int) -> str:
    """Parts per million as per cent, no more decimals than needed: 6000 is "0.6%"; `parse_rate` reads it."""
    exact = require_integer(ppm, "The rate")
    whole, rest = divmod(abs(exact), 10_000)
    decimals = f".{rest:04d}".rstrip("0") if rest else ""
    return f"{'-' if exact < 0 else ''}{whole}{decimals}%"
