"""What of a fee detail comes back when (part of) its line is returned: by the policy frozen with the detail.

A return goes in steps: `done` of `whole` had come back before, this is `step` more. Any one unit will do
(pieces, minor units paid) as long as all steps of a line use the same. Pieces are differences of a rounded
cumulative share, so that any sequence of steps that reaches the whole returns exactly what is to be returned.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from zhanggui.money.errors import AllocationImpossible
from zhanggui.money.vectors import as_integers, reverse_pieces
from zhanggui.settlement.fees.rules.batch import Integers
from zhanggui.settlement.fees.rules.errors import ReversalImpossible


class ReversePolicy(IntEnum):
    """How a fee comes back (the number is stored with the fee type)."""

    NONE = 0  #: it does not
    PRO_RATA = 1  #: the part of it that the step is of the whole
    FIXED = 2  #: pro rata of what is left after a fixed handling amount, which is kept
    FULL_ONLY = 3  #: all of it, with the step that completes the whole; nothing before
    OWN_DOCUMENT = 4  #: not here: a document of its own (insurance, penalty) may give it back


def reverse(
    amounts: npt.ArrayLike,
    policies: npt.ArrayLike,
    done: npt.ArrayLike,
    step: npt.ArrayLike,
    whole: npt.ArrayLike,
    *,
    kept: npt.ArrayLike = 0,
) -> Integers:
    """The piece of each detail's amount that this step gives back, in minor units, with the amount's sign.

    All arguments broadcast: `amounts[n, S]` with `done[n, 1]` reverses S details a line. `policies` are
    ReversePolicy numbers; `kept` (minor units, 0 or more) is read for FIXED only, of which
    max(|amount| - kept, 0) comes back in the end.

    Raises ReversalImpossible (whole not positive, negative done, step or kept, a step beyond the whole, an
    unknown policy), FloatRefused, NotAnInteger.
    """
    original, policy, before, more, everything, keep = np.broadcast_arrays(
        as_integers(amounts, "The amounts"),
        as_integers(policies, "The policies"),
        as_integers(done, "What is done"),
        as_integers(step, "The steps"),
        as_integers(whole, "The wholes"),
        as_integers(kept, "What is kept"),
    )
    if original.size and not 0 <= int(policy.min()) <= int(policy.max()) <= max(ReversePolicy):
        raise ReversalImpossible(f"There is no reverse policy {int(policy.max())}; known are 0 to 4.")
    if original.size and int(keep.min()) < 0:
        raise ReversalImpossible(f"A kept amount of {int(keep.min())} is negative; keep 0 or more.")
    back = np.where(policy == ReversePolicy.PRO_RATA, original, 0)
    fixed = policy == ReversePolicy.FIXED
    if fixed.any():
        rest = np.sign(original) * np.maximum(np.abs(original) - keep, 0)
        back = np.where(fixed, rest, back)
    try:
        pieces = reverse_pieces(back, before, more, everything)
    except AllocationImpossible as refusal:
        raise ReversalImpossible(refusal.message) from refusal
    # Completed by this very step: a step of 0 after the whole gives nothing a second time.
    completing = (before < everything) & (before + more == everything)
    return np.where((policy == ReversePolicy.FULL_ONLY) & completing, original, pieces)
