"""Sharing an amount so that no unit is lost or made.

Two ways. At once, over several shares: largest remainder (Hamilton's method), q_i = floor(T * w_i / W), then
one more unit to the largest remainders, ties to the earlier share. In steps, over time: the cumulative
share is rounded and each step is a difference, so that the last step always clears.
"""

from __future__ import annotations

from collections.abc import Sequence

from zhanggui.money.errors import AllocationImpossible
from zhanggui.money.integers import require_integer
from zhanggui.money.rounding import RoundingMode, round_ratio


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` minor units by `weights`, largest remainder; the shares sum to `total` exactly.

    100 over 1:1:1 is 34, 33, 33. Nobody is off from the exact share by a whole unit, a zero weight gets
    nothing, and a negative total is shared as its magnitude (a reversal mirrors its original). If all
    weights are zero, they count as equal. No weights and no total: no shares.

    Raises FloatRefused, NotAnInteger, AllocationImpossible (a negative weight; no weights for an amount).
    """
    amount = require_integer(total, "The total")
    exact = [require_integer(weight, f"Weight {place}") for place, weight in enumerate(weights)]
    _refuse_unshareable(amount, exact)
    whole = sum(exact)
    if whole == 0:
        exact = [1] * len(exact)
        whole = len(exact)
    if not exact:
        return []
    parts = [divmod(abs(amount) * weight, whole) for weight in exact]
    shares = [quotient for quotient, _ in parts]
    left_over = abs(amount) - sum(shares)
    by_remainder = sorted(range(len(parts)), key=lambda place: (-parts[place][1], place))
    for place in by_remainder[:left_over]:
        shares[place] += 1
    return shares if amount >= 0 else [-share for share in shares]


def allocate_cumulative(total: int, done: int, whole: int, step: int) -> int:
    """The piece of `total` that belongs to a `step`, after `done` of `whole`: A(done + step) - A(done).

    A(x) = total * x / whole rounded half-even on the magnitude, so A(whole) = total, the pieces of any
    sequence of steps up to the whole sum to `total`, and no piece has the wrong sign. 100 over three single
    units is 33, 34, 33. `done`, `whole` and `step` share any one unit (pieces, minor units paid).

    Raises FloatRefused, NotAnInteger, AllocationImpossible (whole not positive, a negative step or done,
    or a step beyond the whole).
    """
    amount = require_integer(total, "The total")
    before = require_integer(done, "What is done")
    everything = require_integer(whole, "The whole")
    after = before + require_integer(step, "The step")
    if everything <= 0:
        raise AllocationImpossible(
            f"A part of a whole of {everything} is not defined; the whole must be positive.", whole=everything
        )
    if not 0 <= before <= after <= everything:
        raise AllocationImpossible(
            f"After {before} of {everything}, a step of {after - before} is not possible; "
            f"at most {everything - before} is left.",
            done=before,
            whole=everything,
            step=after - before,
        )
    return _cumulative(amount, after, everything) - _cumulative(amount, before, everything)


def _cumulative(total: int, reached: int, whole: int) -> int:
    """A(x) of the module's formula."""
    return round_ratio(total * reached, whole, RoundingMode.HALF_EVEN)


def _refuse_unshareable(total: int, weights: Sequence[int]) -> None:
    """Raise AllocationImpossible for a negative weight, or an amount with nobody to share it."""
    for place, weight in enumerate(weights):
        if weight < 0:
            raise AllocationImpossible(
                f"Weight {place} is {weight}; weights are not negative. Leave that share out, or make it 0.",
                place=place,
                weight=weight,
            )
    if total and not weights:
        raise AllocationImpossible(
            f"{total} minor units have nobody to share them; name at least one share.", total=total
        )
