"""Tiers on arrays: one step's rate on the whole base (slab), or each part at its own step's (graduated)."""

from __future__ import annotations

import numpy as np

from zhanggui.money.rates import WHOLE_PPM
from zhanggui.money.rounding import RoundingMode, round_ratio
from zhanggui.money.vectors import Modes, apply_rate_array
from zhanggui.settlement.fees.rules.batch import Integers
from zhanggui.settlement.fees.rules.table import StepTable

_LARGEST_PRODUCT = 2**62


def at_step(steps: StepTable, rule: Integers, chooser: Integers, base: Integers, modes: Modes) -> Integers:
    """Slab: the step that contains `chooser` (minor units) gives rate and fixed amount for all of `base`."""
    step = (steps.starts[rule] <= chooser[:, None]).sum(axis=1) - 1
    return apply_rate_array(base, steps.ppm[rule, step], modes) + steps.fixed[rule, step]


def accrued(steps: StepTable, rule: Integers, amount: Integers, modes: Modes) -> Integers:
    """Graduated: T(amount), every part at its step's rate, the sum rounded once; non-decreasing.

    A step's fixed amount is due once the amount exceeds the step's begin; so T(0) = 0.
    """
    step = np.maximum((steps.starts[rule] < amount[:, None]).sum(axis=1) - 1, 0)
    inside = amount - steps.starts[rule, step]
    ppm, below = steps.ppm[rule, step], steps.below[rule, step]
    fixed = np.where(amount > 0, steps.fixed_below[rule, step], 0)
    # Both `below` and a safe product are under 2**62, so that their sum fits.
    unsafe = inside > _LARGEST_PRODUCT // np.maximum(ppm, 1)
    if not unsafe.any():
        return apply_rate_array(below + inside * ppm, 1, modes) + fixed
    safely = np.where(unsafe, 0, below + np.where(unsafe, 0, inside) * ppm)
    result = apply_rate_array(safely, 1, modes)  # times one millionth
    for place in np.flatnonzero(unsafe).tolist():
        mode = modes if isinstance(modes, RoundingMode) else RoundingMode.from_number(int(modes[place]))
        product = int(below[place]) + int(inside[place]) * int(ppm[place])
        result[place] = round_ratio(product, WHOLE_PPM, mode)
    return result + fixed
