"""Is a rule, taken alone, one that can be evaluated; and in which order do fees depend on each other?

Used by `checks` (to tell the author) and by `compile` (to refuse, should an unchecked rule come that far).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

from zhanggui.money.rates import WHOLE_PPM
from zhanggui.settlement.fees.rules.document import Granularity, Rule, TierBy, TierKind
from zhanggui.settlement.fees.rules.errors import FeeCycle

#: No amount in a rule or on a line may be larger (minor units): ten million million yuan is a typing error.
LARGEST_AMOUNT: Final = 10**15
#: Products of tier bounds and rates stay below this, so that cards hold them in 64 bits.
_LARGEST_PRODUCT: Final = 2**62


class Severity(StrEnum):
    """Whether a finding stops publishing."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in a rule set. `code` is stable, `rules` are rule codes, `message` says what to do."""

    severity: Severity
    code: str
    rules: tuple[str, ...]
    message: str
    details: dict[str, Any] = field(default_factory=dict)


def rule_faults(rule: Rule) -> list[Finding]:
    """Everything that keeps this rule from being evaluated, worst first; empty if it is sound."""
    return [
        Finding(Severity.ERROR, code, (rule.code,), f'Rule "{rule.code}": {problem}')
        for code, problem in (*_amount_faults(rule), *_tier_faults(rule), *_base_faults(rule))
    ]


def fee_depths(rules: Iterable[Rule]) -> dict[str, int]:
    """For every fee of the rules, how many fees must be evaluated before it (0: it builds on none of them).

    Raises FeeCycle with the cycle spelled out if fees build on each other in a ring.
    """
    builds_on: dict[str, set[str]] = {}
    for rule in rules:
        below = builds_on.setdefault(rule.fee, set())
        if rule.formula.fee_base is not None:
            below.add(rule.formula.fee_base)
    depths: dict[str, int] = {}
    for fee in sorted(builds_on):
        _measure(fee, builds_on, depths, path=())
    return {fee: depths[fee] for fee in builds_on}


def _measure(
    fee: str, builds_on: dict[str, set[str]], depths: dict[str, int], *, path: tuple[str, ...]
) -> int:
    """The depth of one fee, depth first; fees without rules (parsed ones) are at -1."""
    if fee in path:
        ring = (*path[path.index(fee) :], fee)
        raise FeeCycle(
            f"Fees build on each other in a ring: {' on '.join(ring)}. Give one of them a named base.",
            fees=list(ring),
        )
    if fee not in builds_on:
        return -1
    if fee not in depths:
        below = (_measure(base, builds_on, depths, path=(*path, fee)) for base in sorted(builds_on[fee]))
        depths[fee] = 1 + max(below, default=-1)
    return depths[fee]


def _amount_faults(rule: Rule) -> Iterator[tuple[str, str]]:
    """Negative, huge or contradictory amounts."""
    formula, when = rule.formula, rule.when
    amounts = {
        "formula.fixed": formula.fixed,
        "formula.floor": formula.floor,
        "formula.cap": formula.cap,
        "when.order_amount.from": when.order_from,
        "when.order_amount.before": when.order_before,
    }
    if rule.reverse is not None:
        amounts["reverse.kept"] = rule.reverse.kept
        if rule.reverse.kept_ppm > WHOLE_PPM:
            yield "bad_kept_rate", "reverse.kept_rate is the most of a fee that is kept; write 0% to 100%."
    for place, step in enumerate(formula.tiers.steps if formula.tiers else ()):
        amounts[f"formula.tiers.steps[{place}].from"] = step.from_amount
        amounts[f"formula.tiers.steps[{place}].fixed"] = step.fixed
    for name, amount in amounts.items():
        if amount is not None and amount < 0:
            yield "negative_value", f"{name} is {amount}; write a magnitude and swap payer and receiver."
        if amount is not None and amount > LARGEST_AMOUNT:
            yield "value_too_large", f"{name} is {amount}; no amount above {LARGEST_AMOUNT} is accepted."
    if formula.ppm < 0 or (formula.tiers and any(step.ppm < 0 for step in formula.tiers.steps)):
        yield "negative_value", "a rate is negative; write it positive and swap payer and receiver instead."
    if formula.floor is not None and formula.cap is not None and formula.floor > formula.cap:
        yield "floor_above_cap", f"the floor {formula.floor} is above the cap {formula.cap}; swap them."


def _tier_faults(rule: Rule) -> Iterator[tuple[str, str]]:
    """Steps that do not begin at 0, do not ascend, or are too large to multiply."""
    tiers = rule.formula.tiers
    if tiers is None:
        return
    bounds = [step.from_amount for step in tiers.steps]
    if bounds[0] != 0:
        yield "tiers_not_from_zero", f"the first step begins at {bounds[0]}; begin at 0, if need be with 0%."
    for low, high in pairwise(bounds):
        if high <= low:
            yield "tiers_not_ascending", f"the step from {high} follows the one from {low}; sort the steps."
    if max(map(abs, bounds)) * rule.formula.largest_ppm >= _LARGEST_PRODUCT:
        yield "value_too_large", "a step's bound times the rate is beyond what can be counted; check both."
    over_time = tiers.by is TierBy.CUMULATIVE_SALES and tiers.kind is TierKind.GRADUATED
    if over_time and rule.formula.base != "goods_paid":
        yield (
            "cumulative_base",
            "graduated tiers over cumulative sales need the base goods_paid: that is what accumulates.",
        )


def _base_faults(rule: Rule) -> Iterator[tuple[str, str]]:
    """A granularity that does not fit the base."""
    formula = rule.formula
    if rule.granularity is Granularity.FEE and formula.fee_base is None:
        yield "granularity_base", f'granularity "fee" needs a base fee:<code>, not {formula.base}.'
