"""Rounding a ratio of integers to an integer, exactly, in a named mode.

There is one rounding per billing detail, and the rule that made it names the mode.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class RoundingMode(StrEnum):
    """How a ratio between two integers becomes one of them.

    The values are the words of rule-set documents. All modes treat a sale and its reversal alike (the
    result for -x is minus the result for x), except FLOOR and CEILING, which are about direction.
    """

    HALF_EVEN = "half_even"  #: to the nearest; a tie goes to the even neighbour (银行家舍入)
    HALF_UP = "half_up"  #: to the nearest; a tie goes away from zero (四舍五入)
    DOWN = "down"  #: towards zero
    UP = "up"  #: away from zero
    FLOOR = "floor"  #: towards minus infinity
    CEILING = "ceiling"  #: towards plus infinity

    @property
    def number(self) -> int:
        """The small integer that stands for this mode in arrays and columns; never renumbered."""
        return NUMBERS[self]

    @classmethod
    def from_number(cls, number: int) -> RoundingMode:
        """The mode of a `number`. Raises ValueError for a number that stands for none."""
        for mode, its_number in NUMBERS.items():
            if its_number == number:
                return mode
        raise ValueError(f"{number} stands for no rounding mode; known are {sorted(NUMBERS.values())}")


NUMBERS: Final[dict[RoundingMode, int]] = {
    RoundingMode.HALF_EVEN: 0,
    RoundingMode.HALF_UP: 1,
    RoundingMode.DOWN: 2,
    RoundingMode.UP: 3,
    RoundingMode.FLOOR: 4,
    RoundingMode.CEILING: 5,
}


def round_ratio(numerator: int, denominator: int, mode: RoundingMode) -> int:
    """`numerator / denominator` as an integer, rounded once by `mode`; exact at any size.

    Works on the magnitudes' quotient and remainder, so nothing is ever approximated.
    Raises ZeroDivisionError for a zero denominator.
    """
    negative = (numerator < 0) != (denominator < 0)
    magnitude = abs(denominator)
    quotient, remainder = divmod(abs(numerator), magnitude)
    if remainder and _goes_up(quotient, remainder, magnitude, negative, mode):
        quotient += 1
    return -quotient if negative else quotient


def _goes_up(quotient: int, remainder: int, denominator: int, negative: bool, mode: RoundingMode) -> bool:
    """Whether a quotient with a remainder moves one further from zero."""
    match mode:
        case RoundingMode.HALF_EVEN:
            return 2 * remainder > denominator or (2 * remainder == denominator and quotient % 2 == 1)
        case RoundingMode.HALF_UP:
            return 2 * remainder >= denominator
        case RoundingMode.DOWN:
            return False
        case RoundingMode.UP:
            return True
        case RoundingMode.FLOOR:
            return negative
        case RoundingMode.CEILING:
            return not negative
