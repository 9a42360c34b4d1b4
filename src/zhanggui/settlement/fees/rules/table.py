"""Compiled rules as the kernel gathers from them: one column an attribute, one row a rule.

The row after the last stands for "no rule matches" and evaluates to 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from zhanggui.settlement.fees.rules.batch import ABSENT, Integers, Rules
from zhanggui.settlement.fees.rules.document import (
    BASES,
    FixedPer,
    Granularity,
    Rule,
    TierBy,
    TierKind,
    Tiers,
)

#: Stands for "no cap" and for "this step does not exist".
UNLIMITED: Final = np.iinfo(np.int64).max


class Shape(IntEnum):
    """What takes the base to the percentage part of a fee."""

    RATE = 0
    SLAB_BY_AMOUNT = 1
    SLAB_BY_CUMULATIVE = 2
    GRADUATED_BY_AMOUNT = 3
    GRADUATED_BY_CUMULATIVE = 4


_SHAPES: Final = {
    (TierKind.SLAB, TierBy.LINE_AMOUNT): Shape.SLAB_BY_AMOUNT,
    (TierKind.SLAB, TierBy.CUMULATIVE_SALES): Shape.SLAB_BY_CUMULATIVE,
    (TierKind.GRADUATED, TierBy.LINE_AMOUNT): Shape.GRADUATED_BY_AMOUNT,
    (TierKind.GRADUATED, TierBy.CUMULATIVE_SALES): Shape.GRADUATED_BY_CUMULATIVE,
}

#: Granularities as numbers; a line alone is 0.
ALONE, BY_ORDER, BY_SPU, BY_SKU_TYPE = range(4)
_GROUPINGS: Final = {
    Granularity.SKU: ALONE,
    Granularity.FEE: ALONE,
    Granularity.ORDER: BY_ORDER,
    Granularity.SPU: BY_SPU,
    Granularity.SKU_TYPE: BY_SKU_TYPE,
}


@dataclass(frozen=True, slots=True)
class StepTable:
    """Tiers by rule and step, padded with steps that begin at UNLIMITED."""

    starts: Integers  #: lower bound
    ppm: Integers
    fixed: Integers  #: slab: charged when the step is chosen
    below: Integers  #: graduated: bounds times rates of all steps below, in millionths of a minor unit
    fixed_below: Integers  #: graduated: fixed amounts up to and including the step


@dataclass(frozen=True, slots=True)
class RuleTable:
    """Attributes by rule index."""

    version: Rules  #: rule version id, ABSENT for no rule
    base: Integers  #: number of the base: its place in BASES, or len(BASES) + its place in `fee_bases`
    ppm: Integers
    mode: Integers  #: RoundingMode.number
    fixed_line: Integers
    fixed_unit: Integers
    fixed_order: Integers
    floor: Integers
    cap: Integers
    grouping: Integers
    shape: Integers
    steps: StepTable
    fee_bases: tuple[str, ...]  #: fees whose results are bases

    @property
    def no_rule(self) -> int:
        """The row for "no rule"."""
        return len(self.version) - 1


def build_table(rules: Sequence[Rule], version_ids: Mapping[str, int]) -> RuleTable:
    """The table of these rules, in this order. The rules must be sound."""
    fee_bases = tuple(sorted({rule.formula.fee_base for rule in rules if rule.formula.fee_base is not None}))
    bases = {**{base: place for place, base in enumerate(BASES)}}
    bases |= {f"fee:{fee}": len(BASES) + place for place, fee in enumerate(fee_bases)}

    def column(value: Callable[[Rule], int], none: int = 0) -> Integers:
        return np.array([*(value(rule) for rule in rules), none], dtype=np.int64)

    def fixed(per: FixedPer) -> Integers:
        return column(lambda rule: rule.formula.fixed if rule.formula.fixed_per is per else 0)

    return RuleTable(
        version=column(lambda rule: version_ids[rule.code], ABSENT).astype(np.int32),
        base=column(lambda rule: bases[rule.formula.base]),
        ppm=column(lambda rule: rule.formula.ppm),
        mode=column(lambda rule: rule.formula.rounding.number),
        fixed_line=fixed(FixedPer.LINE),
        fixed_unit=fixed(FixedPer.UNIT),
        fixed_order=fixed(FixedPer.ORDER),
        floor=column(lambda rule: rule.formula.floor or 0),
        cap=column(lambda rule: UNLIMITED if rule.formula.cap is None else rule.formula.cap, UNLIMITED),
        grouping=column(lambda rule: _GROUPINGS[rule.granularity]),
        shape=column(lambda rule: shape_of(rule.formula.tiers)),
        steps=_build_steps([rule.formula.tiers for rule in rules]),
        fee_bases=fee_bases,
    )


def shape_of(tiers: Tiers | None) -> Shape:
    """The shape of a formula with these tiers."""
    return _SHAPES[tiers.kind, tiers.by] if tiers else Shape.RATE


def _build_steps(tiers: Sequence[Tiers | None]) -> StepTable:
    """The step table; one row more than rules."""
    width = max((len(its.steps) for its in tiers if its), default=1)
    shape = (len(tiers) + 1, width)
    starts = np.full(shape, UNLIMITED, dtype=np.int64)
    ppm, fixed, below, fixed_below = (np.zeros(shape, dtype=np.int64) for _ in range(4))
    for row, its in enumerate(tiers):
        reached = charged = 0
        steps = its.steps if its else ()
        for place, step in enumerate(steps):
            if place:
                reached += (step.from_amount - steps[place - 1].from_amount) * steps[place - 1].ppm
            charged += step.fixed
            starts[row, place], ppm[row, place], fixed[row, place] = step.from_amount, step.ppm, step.fixed
            below[row, place], fixed_below[row, place] = reached, charged
    return StepTable(starts, ppm, fixed, below, fixed_below)
