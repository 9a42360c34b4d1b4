"""Splitting amounts that hold their tax into net and tax, exact to the minor unit."""

from collections.abc import Sequence

from zhanggui.money.allocation import allocate
from zhanggui.money.rates import WHOLE_PPM
from zhanggui.money.rounding import RoundingMode, round_ratio


def tax_inside(gross: int, rate_ppm: int) -> int:
    """This function will return the tax that `gross` (minor units) holds at a rate, rounded half up once."""
    return round_ratio(gross * rate_ppm, WHOLE_PPM + rate_ppm, RoundingMode.HALF_UP)


def taxes_inside(amounts: Sequence[int], rate_ppm: int) -> list[int]:
    """This function will return the tax inside each amount (minor units, same rate), so that their sum is the
    tax inside the sum: by largest remainder, amounts that are charged and amounts taken back each by themselves."""
    taxes = [0] * len(amounts)
    for sign in (1, -1):
        places = [place for place, amount in enumerate(amounts) if amount * sign > 0]
        whole = sum(amounts[place] for place in places)
        shares = allocate(tax_inside(whole, rate_ppm), [abs(amounts[place]) for place in places])
        for place, share in zip(places, shares, strict=True):
            taxes[place] = share
    return taxes


def tax_taken_back(*, tax: int, whole: int, done: int, step: int, rate_ppm: int) -> int:
    """This function will return the tax inside `step` (minor units, negative) that takes back part of `whole`,
    of which `done` (positive) was taken back before: differences of a cumulative share, so that the last piece
    clears the original's `tax`. What goes beyond the original is split by itself."""
    reached = done - step
    if whole <= 0 or done < 0 or step > 0 or reached > whole:
        return tax_inside(step, rate_ppm)

    def share(part: int) -> int:
        return round_ratio(tax * part, whole, RoundingMode.HALF_EVEN)

    return share(done) - share(reached)
