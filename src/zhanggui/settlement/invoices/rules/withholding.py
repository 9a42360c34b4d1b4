"""Tax withheld from an individual: an allowance off the income, then the bracket it falls into."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from zhanggui.money.rates import WHOLE_PPM
from zhanggui.money.rounding import RoundingMode, round_ratio


class Withheld(NamedTuple):
    """Minor units; `rate_ppm` is the bracket's."""

    taxable: int
    rate_ppm: int
    tax: int


def withheld(
    income: int, *, allowance_minor: int, allowance_ppm: int, brackets: Sequence[dict[str, Any]]
) -> Withheld:
    """This function will return the tax on `income` (minor units): taxable = income less the larger of the flat
    allowance and the share, tax = taxable * rate - quick deduction of the bracket whose `over_minor` it exceeds,
    rounded half up once, never below zero."""
    share = round_ratio(max(income, 0) * allowance_ppm, WHOLE_PPM, RoundingMode.HALF_UP)
    taxable = max(income - max(allowance_minor, share), 0)
    fitting = [one for one in brackets if taxable > one["over_minor"]]
    if not fitting:
        return Withheld(taxable, 0, 0)
    bracket = fitting[-1]
    tax = round_ratio(taxable * bracket["rate_ppm"], WHOLE_PPM, RoundingMode.HALF_UP)
    return Withheld(taxable, bracket["rate_ppm"], max(tax - bracket.get("quick_minor", 0), 0))


def given_back(*, tax: int, base: int, before: int, taken: int) -> tuple[int, int]:
    """This function will return income and tax (minor units) to give back when refunds take `taken` more of the
    income `base` on which `tax` was withheld, `before` having been taken already.

    Differences of a cumulative share, rounded half up: any steps that take back the whole base give back the whole
    tax, and nothing beyond it. What goes beyond the base is not its income.
    """
    start, end = (min(max(part, 0), base) for part in (before, before + taken))

    def share(part: int) -> int:
        return round_ratio(tax * part, base, RoundingMode.HALF_UP) if base > 0 else 0

    return end - start, share(end) - share(start)
