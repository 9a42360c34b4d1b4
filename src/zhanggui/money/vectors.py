"""Numpy twins of rounding, rates and allocation, for batches: int64 in, int64 out, equal to the scalars.

Each works on magnitudes with native integer division (floor on non-negative numbers, no surprises) and puts
the sign back. A product that might pass 2**63 is found beforehand by dividing the limit, never by looking at
an overflowed result; only those elements are computed with Python's unbounded integers.

All shapes broadcast where it says "elementwise". A float array is refused. An answer that itself does not
fit 64 bits raises AmountTooLarge with its position.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from zhanggui.money.allocation import allocate
from zhanggui.money.errors import AllocationImpossible, FloatRefused, NotAnInteger
from zhanggui.money.integers import LARGEST, require_storable
from zhanggui.money.rates import WHOLE_PPM
from zhanggui.money.rounding import NUMBERS, RoundingMode, round_ratio

type Integers = npt.NDArray[np.int64]
type Flags = npt.NDArray[np.bool_]
#: Modes as `RoundingMode.number`, one an element; or one mode for all.
type Modes = RoundingMode | npt.NDArray[np.integer[Any]]

_HIGHEST_NUMBER: Final = max(NUMBERS.values())


def as_integers(values: npt.ArrayLike, what: str) -> Integers:
    """`values` as an int64 array (not copied if it is one); `what` names it in a refusal.

    Raises FloatRefused for floats, NotAnInteger for booleans and anything else, AmountTooLarge.
    """
    array = np.asarray(values)
    if array.dtype == np.int64:
        return array
    if array.size == 0:
        return array.astype(np.int64)
    if array.dtype.kind == "f":
        raise FloatRefused(f"{what} are floats; floats are not exact. Pass integers of minor units.")
    if array.dtype.kind == "O":
        exact = [require_storable(int(value), what) for value in array.flat if type(value) is int]
        if len(exact) == array.size:
            return np.array(exact, dtype=np.int64).reshape(array.shape)
    if array.dtype.kind not in "iu":
        raise NotAnInteger(f"{what} are of type {array.dtype}; pass integers.")
    if array.dtype.kind == "u":
        require_storable(int(array.max()), what)
    return array.astype(np.int64)


def scale_array(
    values: npt.ArrayLike, numerator: npt.ArrayLike, denominator: npt.ArrayLike, mode: Modes
) -> Integers:
    """Elementwise `values * numerator / denominator`, rounded once by `mode`; twin of `round_ratio`.

    Raises ZeroDivisionError (a zero denominator), FloatRefused, NotAnInteger, AmountTooLarge.
    """
    value, factor, divisor = np.broadcast_arrays(
        as_integers(values, "The amounts"),
        as_integers(numerator, "The numerators"),
        as_integers(denominator, "The denominators"),
    )
    if value.size == 0:
        return np.zeros(value.shape, dtype=np.int64)
    if not divisor.all():
        raise ZeroDivisionError(f"the denominator at {_first(divisor == 0)} is zero")
    modes = _checked_modes(mode, value.shape)
    unsafe = _may_overflow(value, factor) | (divisor == np.iinfo(np.int64).min)
    if not unsafe.any():
        return _round_ratios(value * factor, divisor, modes)
    one = np.int64(1)
    result = _round_ratios(
        np.where(unsafe, one, value) * np.where(unsafe, one, factor), np.where(unsafe, one, divisor), modes
    )
    by_number = {number: its_mode for its_mode, number in NUMBERS.items()}
    for place in map(tuple, np.argwhere(unsafe).tolist()):
        its = modes if isinstance(modes, RoundingMode) else by_number[int(modes[place])]
        exact = round_ratio(int(value[place]) * int(factor[place]), int(divisor[place]), its)
        result[place] = require_storable(exact, f"The result at {_shown(place)}")
    return result


def apply_rate_array(base: npt.ArrayLike, ppm: npt.ArrayLike, mode: Modes) -> Integers:
    """Elementwise `base * ppm / 1,000,000` in minor units, rounded once by `mode`; twin of `rates.apply`.

    Raises FloatRefused, NotAnInteger, AmountTooLarge.
    """
    value, rate = as_integers(base, "The bases"), as_integers(ppm, "The rates")
    if isinstance(mode, RoundingMode) and value.size and rate.size:
        room = LARGEST - WHOLE_PPM
        if value.min() >= 0 and rate.min() >= 0 and int(value.max()) * int(rate.max()) <= room:
            return _round_millionths(np.asarray(value * rate), mode)
    return scale_array(value, rate, WHOLE_PPM, mode)


def sum_groups(values: npt.ArrayLike, starts: npt.ArrayLike) -> Integers:
    """The sum of each contiguous group; `starts[i]` is the first position of group i, empty groups sum to 0.

    Raises FloatRefused, NotAnInteger, AllocationImpossible (`starts` does not cut up the values),
    AmountTooLarge (a sum beyond 64 bits).
    """
    value = as_integers(values, "The values")
    first = as_integers(starts, "The starts")
    sizes = _group_sizes(first, value.size)
    unsafe = _largest_of_groups(value, first, sizes) > LARGEST // np.maximum(sizes, 1)
    sums = _wrapping_sums(value, first, sizes)
    for group in np.flatnonzero(unsafe).tolist():
        members = value[first[group] : first[group] + sizes[group]]
        sums[group] = require_storable(sum(members.tolist()), f"The sum of group {group}")
    return sums


def allocate_groups(totals: npt.ArrayLike, weights: npt.ArrayLike, starts: npt.ArrayLike) -> Integers:
    """Share each group's total over its members by largest remainder; twin of `allocation.allocate`.

    `weights[n]` are the members of all groups one after another, `starts[g]` the first position of each
    group (from 0, ascending), `totals[g]` what each shares. Ties go to the earlier position; a group whose
    weights are all zero shares equally; a negative total mirrors its magnitude. Returns the shares, int64[n].

    Raises FloatRefused, NotAnInteger, AllocationImpossible (a negative weight, an amount for an empty
    group, `starts` that do not cut up the weights).
    """
    total = as_integers(totals, "The totals")
    weight = as_integers(weights, "The weights")
    first = as_integers(starts, "The starts")
    sizes = _group_sizes(first, weight.size)
    _refuse_unshareable(total, weight, sizes)
    if weight.size == 0:
        return np.zeros(0, dtype=np.int64)
    heaviest = _largest_of_groups(weight, first, sizes)
    magnitude = np.abs(total)
    # Unsafe: -2**63 has no magnitude; the weights' sum, or a total times a weight, might pass 2**63.
    unsafe = (magnitude < 0) | (heaviest > LARGEST // np.maximum(sizes, 1))
    unsafe |= magnitude > LARGEST // np.maximum(heaviest, 1)
    group_of = np.repeat(np.arange(total.size), sizes)
    idle = unsafe | (heaviest == 0)
    if idle.any():
        # Equal weights for groups without any; unsafe groups are idled here and shared exactly below.
        weight = np.where(idle[group_of], np.int64(1), weight)
        magnitude = np.where(unsafe, np.int64(0), magnitude)
    shares = _largest_remainder(magnitude, weight, first, sizes, group_of)
    shares = np.where(total[group_of] < 0, -shares, shares)
    for group in np.flatnonzero(unsafe).tolist():
        members = slice(int(first[group]), int(first[group] + sizes[group]))
        exact = as_integers(weights, "The weights")[members].tolist()
        shares[members] = allocate(int(total[group]), exact)
    return shares


def reverse_pieces(
    original: npt.ArrayLike, done: npt.ArrayLike, step: npt.ArrayLike, whole: npt.ArrayLike
) -> Integers:
    """Elementwise A(done + step) - A(done), A(x) = original * x / whole half-even; A(whole) = original.

    Twin of `allocation.allocate_cumulative`: the pieces of any sequence of steps up to the whole sum to the
    original. `original[n, S]` with `done[n, 1]` and so on reverses S fees of a line at once.

    Raises FloatRefused, NotAnInteger, AllocationImpossible (whole not positive, negative done or step,
    a step beyond the whole).
    """
    amount = as_integers(original, "The originals")
    before = as_integers(done, "What is done")
    more = as_integers(step, "The steps")
    everything = as_integers(whole, "The wholes")
    if (everything <= 0).any():
        raise AllocationImpossible(
            f"The whole at {_first(everything <= 0)} is not positive, so a part of it is not defined; "
            "leave lines out that have nothing to return."
        )
    # `everything - before` cannot overflow once 0 <= before; `before + more` might.
    beyond = (before < 0) | (more < 0) | (more > everything - np.maximum(before, 0))
    if beyond.any():
        raise AllocationImpossible(
            f"The step at {_first(beyond)} is negative or goes beyond what is left; "
            "check what was already returned."
        )
    reached = scale_array(amount, before + more, everything, RoundingMode.HALF_EVEN)
    return reached - scale_array(amount, before, everything, RoundingMode.HALF_EVEN)


def _round_ratios(numerator: Integers, denominator: Integers, modes: Modes) -> Integers:
    """Elementwise rounding of ratios known to fit; numerators and denominators above -2**63."""
    negative = (numerator < 0) != (denominator < 0)
    signed = bool((numerator < 0).any() or (denominator < 0).any())
    magnitude, divisor = (np.abs(numerator), np.abs(denominator)) if signed else (numerator, denominator)
    quotient = magnitude // divisor
    remainder = magnitude - quotient * divisor
    if isinstance(modes, RoundingMode):
        up = _goes_up(quotient, remainder, divisor, negative, modes)
    else:
        up = np.zeros(numerator.shape, dtype=np.bool_)
        for mode, number in NUMBERS.items():
            chosen = modes == number
            if chosen.any():
                up |= chosen & _goes_up(quotient, remainder, divisor, negative, mode)
    quotient = quotient + up
    # asarray: arithmetic on arrays without dimensions gives bare numbers.
    return np.asarray(np.where(negative, -quotient, quotient) if signed else quotient)


def _goes_up(
    quotient: Integers, remainder: Integers, divisor: Integers, negative: Flags, mode: RoundingMode
) -> Flags:
    """Where a quotient with a remainder moves one further from zero; twin of `rounding._goes_up`."""
    # Twice the remainder might overflow; what is missing to the divisor cannot.
    missing = divisor - remainder
    match mode:
        case RoundingMode.HALF_EVEN:
            up: Flags = (remainder > missing) | ((remainder == missing) & ((quotient & 1) == 1))
        case RoundingMode.HALF_UP:
            up = remainder >= missing
        case RoundingMode.DOWN:
            up = np.zeros(remainder.shape, dtype=np.bool_)
        case RoundingMode.UP:
            up = remainder > 0
        case RoundingMode.FLOOR:
            up = (remainder > 0) & negative
        case RoundingMode.CEILING:
            up = (remainder > 0) & ~negative
    return up


def _round_millionths(product: Integers, mode: RoundingMode) -> Integers:
    """Elementwise `product / 1,000,000` for products in 0 .. 2**63 - 1,000,001; overwrites `product`.

    The bulk of all rating. Dividing unsigned by a constant is a multiplication to the processor, several
    times as fast as the general way, and adding half first spares looking at the remainder.
    """
    match mode:
        case RoundingMode.HALF_EVEN | RoundingMode.HALF_UP:
            product += WHOLE_PPM // 2
        case RoundingMode.UP | RoundingMode.CEILING:
            product += WHOLE_PPM - 1
        case RoundingMode.DOWN | RoundingMode.FLOOR:
            pass
    quotient = (product.view(np.uint64) // np.uint64(WHOLE_PPM)).view(np.int64)
    if mode is RoundingMode.HALF_EVEN:
        # No remainder after adding half: it was a tie and went up; an odd quotient goes back down.
        product -= quotient * WHOLE_PPM
        quotient -= quotient & (product == 0)
    return quotient


def _may_overflow(value: Integers, factor: Integers) -> Flags:
    """Where `value * factor` passes +-(2**63 - 1), exactly; also where a magnitude itself has no int64."""
    if _reach(value) * _reach(factor) <= LARGEST:
        return np.zeros(value.shape, dtype=np.bool_)
    one, other = np.abs(value), np.abs(factor)
    return (one < 0) | (other < 0) | (one > LARGEST // np.maximum(other, 1))


def _reach(value: Integers) -> int:
    """The largest magnitude in a non-empty array, as an unbounded integer."""
    return max(int(value.max()), -int(value.min()))


def _checked_modes(mode: Modes, shape: tuple[int, ...]) -> Modes:
    """The modes, spread to `shape`; raises ValueError for a number that stands for none."""
    if isinstance(mode, RoundingMode):
        return mode
    modes = np.broadcast_to(np.asarray(mode), shape)
    wrong = (modes < 0) | (modes > _HIGHEST_NUMBER)
    if modes.dtype.kind not in "iu" or wrong.any():
        raise ValueError(f"no rounding mode has the number at {_first(wrong)}; known: 0 to {_HIGHEST_NUMBER}")
    return modes


def _largest_remainder(
    magnitude: Integers,
    weight: Integers,
    first: Integers,
    sizes: Integers,
    group_of: npt.NDArray[np.intp],
) -> Integers:
    """Largest remainder over groups known to fit and to have weight; magnitudes are not negative."""
    whole = _wrapping_sums(weight, first, sizes)[group_of]
    product = magnitude[group_of] * weight
    shares = product // whole
    remainder = product - shares * whole
    left_over = magnitude - _wrapping_sums(shares, first, sizes)
    # Only groups with something left are ranked; groups of one never are.
    ranked = np.flatnonzero(left_over[group_of])
    if ranked.size:
        groups = group_of[ranked]
        order = np.lexsort((-remainder[ranked], groups))  # stable: ties stay in order of position
        opens = np.flatnonzero(np.diff(groups, prepend=-1))
        rank = np.arange(ranked.size) - np.repeat(opens, np.diff(opens, append=ranked.size))
        shares[ranked[order]] += rank < left_over[groups]
    return shares


def _group_sizes(first: Integers, length: int) -> Integers:
    """How many members each group has. Raises AllocationImpossible if `first` does not cut up `length`."""
    sizes = np.diff(first, append=np.int64(length))
    starts_at_zero = first.size > 0 and int(first[0]) == 0
    if (sizes < 0).any() or not (starts_at_zero or (first.size == 0 and length == 0)):
        raise AllocationImpossible(
            f"The group starts do not cut up {length} members; they must begin with 0 and ascend."
        )
    return sizes


def _largest_of_groups(value: Integers, first: Integers, sizes: Integers) -> Integers:
    """The largest magnitude in each group; 0 for an empty group, 2**63 - 1 for -2**63."""
    largest = np.zeros(first.size, dtype=np.int64)
    filled = sizes > 0
    if filled.any():
        magnitude = np.abs(value)
        magnitude[magnitude < 0] = LARGEST
        largest[filled] = np.maximum.reduceat(magnitude, first[filled])
    return largest


def _wrapping_sums(value: Integers, first: Integers, sizes: Integers) -> Integers:
    """Group sums modulo 2**64: right wherever the caller knows that the sum fits."""
    sums = np.zeros(first.size, dtype=np.int64)
    filled = sizes > 0
    if filled.any():
        sums[filled] = np.add.reduceat(value, first[filled])
    return sums


def _refuse_unshareable(total: Integers, weight: Integers, sizes: Integers) -> None:
    """Raise AllocationImpossible for what `allocation.allocate` would refuse, naming the first position."""
    if total.shape != sizes.shape:
        raise AllocationImpossible(f"{total.size} totals for {sizes.size} groups; pass one total a group.")
    if (weight < 0).any():
        raise AllocationImpossible(
            f"The weight at {_first(weight < 0)} is negative; leave that share out, or make it 0."
        )
    stranded = (sizes == 0) & (total != 0)
    if stranded.any():
        raise AllocationImpossible(
            f"The total of group {_first(stranded)} has nobody to share it; name at least one share."
        )


def _first(where: Flags) -> str:
    """The first position that is true, for a message."""
    return _shown(tuple(np.argwhere(where)[0].tolist())) if where.any() else "?"


def _shown(place: tuple[int, ...]) -> str:
    """A position as "7" or "7, 2"."""
    return ", ".join(str(axis) for axis in place) or "0"
