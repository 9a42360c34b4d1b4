"""How much of the goods amount percentages can take from a merchant, and where it would be too much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from zhanggui.money.rates import WHOLE_PPM
from zhanggui.settlement.fees.rules.document import GOODS_BASES, PARSED_FEES, Rule
from zhanggui.settlement.fees.rules.regions import Axis, Example, Memo, always_from, different, each_bit
from zhanggui.settlement.fees.rules.soundness import fee_depths

type Slot = tuple[str, str, str]

#: A parsed fee is at most the goods amount, except this one, which is not about goods.
_NOT_GOODS: Final = "freight_collected"


@dataclass(frozen=True, slots=True)
class Excess:
    """A point where the merchant pays more than the cap: the winning rules and their sum, ppm."""

    ppm: int
    rules: tuple[int, ...]
    example: Example


@dataclass(frozen=True, slots=True)
class _Rivals:
    """The rules of one slot: all of them, and those at each rate, highest rate first."""

    rules: int
    by_rate: tuple[tuple[int, int], ...]


def rates_of_goods(rules: Sequence[Rule]) -> list[int]:
    """The highest share of the goods amount that each rule can take, ppm; fees on fees multiplied through.

    Raises FeeCycle.
    """
    depths = fee_depths(rules)
    of_fee: dict[str, dict[Slot, int]] = {
        fee: {(fee, *roles): 0 if fee == _NOT_GOODS else WHOLE_PPM} for fee, roles in PARSED_FEES.items()
    }
    rates = [0] * len(rules)
    for place in sorted(range(len(rates)), key=lambda place: depths[rules[place].fee]):
        rates[place] = _rate_of_goods(rules[place], of_fee)
        slots = of_fee.setdefault(rules[place].fee, {})
        slots[rules[place].slot] = max(slots.get(rules[place].slot, 0), rates[place])
    return rates


def _rate_of_goods(rule: Rule, of_fee: dict[str, dict[Slot, int]]) -> int:
    """One rule's highest share of the goods amount, ppm, rounded up."""
    formula = rule.formula
    if formula.fee_base is not None:
        base = sum(of_fee.get(formula.fee_base, {}).values())
        return -(-formula.largest_ppm * base // WHOLE_PPM)
    return formula.largest_ppm if formula.base in GOODS_BASES else 0


def excess_of_take(
    rules: Sequence[Rule], axes: Sequence[Axis], applicable: int, cap_ppm: int
) -> Excess | None:
    """A point where the merchant is charged more than `cap_ppm` of the goods amount, None if there is none.

    `rules` are sorted by slot and rank, so that of the rules alive in a slot the lowest bit wins.
    Raises FeeCycle, SearchTooLarge.
    """
    rates = rates_of_goods(rules)
    charging = [
        place for place, rule in enumerate(rules) if rule.payer == "merchant" and applicable >> place & 1
    ]
    slots = [
        _rivals(list(places), rates) for _, places in groupby(charging, key=lambda place: rules[place].slot)
    ]
    certain = always_from(axes)
    memo = Memo()

    def search(place: int, alive: int) -> tuple[int, Example] | None:
        alive = _without_beaten(alive, certain[place], slots)
        if _highest(alive, slots) <= cap_ppm or not memo.is_new(place, alive):
            return None
        if place == len(axes):
            return alive, {}
        for kind in different(axes[place].kinds, alive):
            found = search(place + 1, alive & kind.bits)
            if found is not None:
                return found[0], {axes[place].name: kind.example} | found[1]
        return None

    found = search(0, sum(rivals.rules for rivals in slots))
    if found is None:
        return None
    alive, example = found
    return Excess(_highest(alive, slots), tuple(place for place in each_bit(alive) if rates[place]), example)


def _rivals(places: Sequence[int], rates: Sequence[int]) -> _Rivals:
    """The rules of one slot."""
    at_rate: dict[int, int] = {}
    for place in places:
        at_rate[rates[place]] = at_rate.get(rates[place], 0) | 1 << place
    return _Rivals(sum(at_rate.values()), tuple(sorted(at_rate.items(), reverse=True)))


def _without_beaten(alive: int, certain: int, slots: Sequence[_Rivals]) -> int:
    """Drop rules that lose to one that is certain to match. Where nothing is open, one a slot remains."""
    for rivals in slots:
        winner = alive & certain & rivals.rules
        winner &= -winner
        if winner:
            alive &= ~(rivals.rules & ~((winner << 1) - 1))
    return alive


def _highest(alive: int, slots: Sequence[_Rivals]) -> int:
    """The sum of each slot's highest rate among what is alive, ppm: an upper bound of what is taken."""
    return sum(next((ppm for ppm, rules in rivals.by_rate if rules & alive), 0) for rivals in slots)
