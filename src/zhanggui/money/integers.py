"""What counts as an integer: the one gate through which a number becomes money.

Python lets `1.0` and `True` pass as 1 in many places; money does not.
"""

from __future__ import annotations

import operator
from typing import Any, Final

from zhanggui.money.errors import AmountTooLarge, FloatRefused, NotAnInteger

#: The largest number of minor units a `bigint` column holds, 2**63 - 1.
LARGEST: Final = 2**63 - 1
#: The smallest, -2**63.
SMALLEST: Final = -(2**63)


def require_integer(value: Any, what: str) -> int:
    """Return `value` as a Python int; `what` names it in the refusal ("the total", "the rate").

    Numpy integers pass. Raises FloatRefused for a float, NotAnInteger for anything else (also booleans and
    Decimals: they have no unit, so whether 5 means 5 yuan or 5 fen would be a guess).
    """
    if isinstance(value, float):
        raise FloatRefused(
            f"{what} is the float {value!r}; a float is not exact. Pass an integer of minor units, "
            "or read the decimal text with parse_minor.",
            value=repr(value),
        )
    if isinstance(value, bool):
        raise NotAnInteger(f"{what} is {value!r}, not a number; pass an integer.", value=repr(value))
    try:
        return operator.index(value)
    except TypeError:
        raise NotAnInteger(
            f"{what} is {value!r} of type {type(value).__name__}; pass an integer.", value=repr(value)
        ) from None


def require_storable(value: int, what: str) -> int:
    """Return `value` if the database can hold it. Raises AmountTooLarge outside 64 bits."""
    if not SMALLEST <= value <= LARGEST:
        raise AmountTooLarge(
            f"{what} is {value}, beyond what 64 bits hold ({LARGEST}); split it or correct the input.",
            value=value,
        )
    return value
