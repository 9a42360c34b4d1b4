"""How each slot will be rated: most in panels (matrices of rates), the demanding ones each in a lane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np

from zhanggui.money.rounding import RoundingMode
from zhanggui.settlement.fees.rules.batch import Integers
from zhanggui.settlement.fees.rules.document import FixedPer, Formula, Granularity, Rule
from zhanggui.settlement.fees.rules.table import Shape, shape_of

_ALONE: Final = frozenset({Granularity.SKU, Granularity.FEE})


@dataclass(frozen=True, slots=True)
class Panel:
    """Neighbouring slots whose rules all stay on one line and share one rounding mode: rated as a matrix."""

    start: int  #: first column of the rated batch
    stop: int
    slots: slice  #: the same among the computed slots
    mode: RoundingMode
    bases: tuple[str, ...]  #: the different named bases
    base_of_slot: Integers  #: place in `bases`, by slot
    fixed_line: bool
    fixed_unit: bool
    bounded: bool  #: some rule has a floor or a cap

    @property
    def plain(self) -> bool:
        """Whether it is only rates: then a base of 0 means an amount of 0."""
        return not (self.fixed_line or self.fixed_unit or self.bounded)


@dataclass(frozen=True, slots=True)
class Lane:
    """One slot whose rules need groups, tiers, other fees or different bases: rated by `lanes`."""

    column: int
    slot: int  #: place among the computed slots
    bases: tuple[str, ...]  #: those that its rules use
    shapes: frozenset[Shape]
    grouped: bool  #: some rule looks at more than one line
    spreads_order_fixed: bool  #: some fixed amount is per order on a rule that is not
    mode: RoundingMode | None  #: None: rules differ
    fixed: bool
    bounded: bool


def panel_key(rules: Sequence[Rule]) -> tuple[str, ...] | None:
    """What the slots of one panel have in common; None for a slot that needs a lane of its own."""
    first = rules[0].formula
    for rule in rules:
        its = rule.formula
        if its.base != first.base or its.rounding != first.rounding or its.fee_base is not None:
            return None
        if its.tiers is not None or rule.granularity not in _ALONE or _fixed_per(its, FixedPer.ORDER):
            return None
    plain = not any(rule.formula.fixed or _bounded(rule.formula) for rule in rules)
    return (first.rounding.value, "rates" if plain else "rates and more")


def build_panels(by_slot: Sequence[Sequence[Rule]], first_column: int) -> tuple[Panel, ...]:
    """Runs of neighbouring slots with one panel key; slots begin at `first_column`."""
    panels = []
    keyed = [(panel_key(rules), place) for place, rules in enumerate(by_slot)]
    for key, run in groupby(keyed, key=lambda pair: pair[0]):
        if key is None:
            continue
        places = [place for _, place in run]
        formulas = [rule.formula for place in places for rule in by_slot[place]]
        base_of_slot = [by_slot[place][0].formula.base for place in places]
        bases = tuple(dict.fromkeys(base_of_slot))
        panels.append(
            Panel(
                start=first_column + places[0],
                stop=first_column + places[-1] + 1,
                slots=slice(places[0], places[-1] + 1),
                mode=RoundingMode(key[0]),
                bases=bases,
                base_of_slot=np.array([bases.index(base) for base in base_of_slot]),
                fixed_line=any(_fixed_per(formula, FixedPer.LINE) for formula in formulas),
                fixed_unit=any(_fixed_per(formula, FixedPer.UNIT) for formula in formulas),
                bounded=any(map(_bounded, formulas)),
            )
        )
    return tuple(panels)


def build_lanes(by_slot: Sequence[Sequence[Rule]], first_column: int) -> tuple[Lane, ...]:
    """The slots that are in no panel, in the given order."""
    lanes = []
    for place, rules in enumerate(by_slot):
        if panel_key(rules) is not None:
            continue
        modes = {rule.formula.rounding for rule in rules}
        spreads = any(
            _fixed_per(rule.formula, FixedPer.ORDER) and rule.granularity is not Granularity.ORDER
            for rule in rules
        )
        lanes.append(
            Lane(
                column=first_column + place,
                slot=place,
                bases=tuple(sorted({rule.formula.base for rule in rules})),
                shapes=frozenset(shape_of(rule.formula.tiers) for rule in rules),
                grouped=spreads or any(rule.granularity not in _ALONE for rule in rules),
                spreads_order_fixed=spreads,
                mode=modes.pop() if len(modes) == 1 else None,
                fixed=any(rule.formula.fixed for rule in rules),
                bounded=any(_bounded(rule.formula) for rule in rules),
            )
        )
    return tuple(lanes)


def rule_spans(by_slot: Sequence[Sequence[Rule]]) -> list[tuple[int, int]]:
    """Where each slot's rules are in the list of all rules, half-open."""
    spans = []
    at = 0
    for rules in by_slot:
        spans.append((at, at + len(rules)))
        at += len(rules)
    return spans


def _fixed_per(formula: Formula, per: FixedPer) -> bool:
    """Whether the formula has a fixed amount of this kind."""
    return formula.fixed != 0 and formula.fixed_per is per


def _bounded(formula: Formula) -> bool:
    """Whether the formula has a floor or a cap that can matter."""
    return bool(formula.floor) or formula.cap is not None
