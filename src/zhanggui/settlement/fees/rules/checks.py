"""Checks of a whole rule set before it is published: gaps, overlaps, dead rules, rings, too large a take.

`check_rule_set` is the one to call. A set with an error must not be published; warnings are for the author.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from zhanggui.money.rates import format_rate
from zhanggui.settlement.fees.rules.document import PARSED_FEES, RuleSet
from zhanggui.settlement.fees.rules.errors import FeeCycle
from zhanggui.settlement.fees.rules.regions import (
    Example,
    Region,
    SearchTooLarge,
    Universe,
    each_bit,
    uncovered_point,
)
from zhanggui.settlement.fees.rules.soundness import Finding, Severity, fee_depths, rule_faults
from zhanggui.settlement.fees.rules.take import excess_of_take

__all__ = ["Finding", "Severity", "Universe", "check_rule_set"]


def check_rule_set(rule_set: RuleSet, *, universe: Universe, known_fees: Collection[str]) -> list[Finding]:
    """This function will return everything that is wrong or odd about a rule set, errors first.

    `universe` says which values lines can have, `known_fees` are the codes of the fee catalogue. Error codes:
    negative_value, value_too_large, bad_kept_rate, floor_above_cap, tiers_not_from_zero, tiers_not_ascending,
    cumulative_base, granularity_base, unknown_fee, fee_is_parsed, unknown_base, fee_cycle, uncovered,
    overlap, take_above_cap. Warning codes: shadowed, never_applies, free_but_charged, unknown_value,
    not_fully_checked.
    """
    findings = [fault for rule in rule_set.rules for fault in rule_faults(rule)]
    findings += _fee_findings(rule_set, known_fees)
    # Sorted so that in each slot an earlier rule beats a later one.
    rule_set = replace(rule_set, rules=tuple(sorted(rule_set.rules, key=lambda rule: (rule.slot, rule.rank))))
    region = Region(rule_set, universe)
    for what, check in (
        ("gaps", _gaps),
        ("overlaps", _overlaps),
        ("rules that never win", _dead_rules),
        ("contradicted free entries", _contradicted_free_entries),
        ("the total take", _take),
    ):
        try:
            findings += check(rule_set, region)
        except SearchTooLarge:
            findings.append(
                Finding(
                    Severity.WARNING,
                    "not_fully_checked",
                    (),
                    f"There are too many combinations to look for {what}; restrict fewer dimensions at once.",
                )
            )
    findings += _unknown_values(rule_set, universe)
    return sorted(findings, key=lambda finding: finding.severity is not Severity.ERROR)


def _fee_findings(rule_set: RuleSet, known_fees: Collection[str]) -> Iterator[Finding]:
    """Fees that do not exist, bases that nobody charges, rings."""
    charged = {rule.fee for rule in rule_set.rules}
    for entry in rule_set.free:
        if entry.fee not in known_fees:
            yield _error(
                "unknown_fee", (), f'The fee catalogue has no fee "{entry.fee}", which is said to be free.'
            )
    for rule in rule_set.rules:
        if rule.fee in PARSED_FEES:
            yield _error(
                "fee_is_parsed",
                (rule.code,),
                f'Rule "{rule.code}" charges "{rule.fee}", which is read from the order; choose another.',
            )
        elif rule.fee not in known_fees:
            yield _error(
                "unknown_fee",
                (rule.code,),
                f'Rule "{rule.code}": the fee catalogue has no fee "{rule.fee}"; add it or correct the code.',
            )
        base = rule.formula.fee_base
        if base is not None and base not in charged and base not in PARSED_FEES:
            yield _error(
                "unknown_base",
                (rule.code,),
                f'Rule "{rule.code}" builds on fee "{base}", which no rule of this set charges.',
            )
    try:
        fee_depths(rule_set.rules)
    except FeeCycle as cycle:
        ring = set(cycle.details["fees"])
        rules = (rule.code for rule in rule_set.rules if rule.fee in ring and rule.formula.fee_base in ring)
        yield _error("fee_cycle", tuple(rules), cycle.message)


def _gaps(rule_set: RuleSet, region: Region) -> Iterator[Finding]:
    """Fees of the set that some line would neither be charged nor be declared free of."""
    entries = len(rule_set.rules)
    for fee in sorted({rule.fee for rule in rule_set.rules} | {entry.fee for entry in rule_set.free}):
        covering = sum(1 << place for place, rule in enumerate(rule_set.rules) if rule.fee == fee)
        covering |= sum(1 << entries + place for place, entry in enumerate(rule_set.free) if entry.fee == fee)
        gap = uncovered_point(region.axes, covering & region.applicable)
        if gap is not None:
            yield _error(
                "uncovered",
                tuple(rule.code for rule in rule_set.rules if rule.fee == fee),
                f'Fee "{fee}" has no rule for {_shown(gap)}; add a rule, or a free entry with the reason.',
                gap,
            )


def _overlaps(rule_set: RuleSet, region: Region) -> Iterator[Finding]:
    """Rules of one slot and priority that can both match: which one wins must not be left to chance."""
    peers: dict[tuple[object, int], int] = {}
    for place, rule in enumerate(rule_set.rules):
        key = (rule.slot, rule.priority)
        rivals = peers.get(key, 0) & region.meeting(place) if region.applicable >> place & 1 else 0
        peers[key] = peers.get(key, 0) | 1 << place
        rival = next(each_bit(rivals), None)
        if rival is None:
            continue
        other = rule_set.rules[rival]
        example = region.inside_both(place, rival)
        open_ended = [one.code for one in (other, rule) if one.effective_before is None]
        ending = f'an end (effective_before) to "{open_ended[0]}"' if open_ended else "them separate times"
        yield _error(
            "overlap",
            (other.code, rule.code),
            f'Rules "{other.code}" and "{rule.code}" have the same priority {rule.priority} and both match '
            f"{_shown(example)}; give one a higher priority, or {ending}.",
            example,
        )


def _dead_rules(rule_set: RuleSet, region: Region) -> Iterator[Finding]:
    """Rules that can never win: nothing matches them, or something of higher priority always does."""
    slot, priority, peers, better = None, 0, 0, 0
    for place, rule in enumerate(rule_set.rules):
        if rule.slot != slot:
            slot, peers, better = rule.slot, 0, 0
        elif rule.priority != priority:
            better = peers  # everything before in this slot has a higher priority
        priority = rule.priority
        peers |= 1 << place
        if not region.applicable >> place & 1:
            yield _warning(
                "never_applies",
                (rule.code,),
                f'Rule "{rule.code}" matches nothing: its values are unknown, or it ended before the set '
                "begins.",
            )
            continue
        rivals = better & region.meeting(place)
        if rivals and uncovered_point(region.inside(place), rivals) is None:
            names = tuple(rule_set.rules[rival].code for rival in each_bit(rivals))
            yield _warning(
                "shadowed",
                (rule.code, *names),
                f'Rule "{rule.code}" can never win: wherever it matches, so does one of higher priority '
                f"({', '.join(names[:5])}{', ...' if names[5:] else ''}); raise its priority or drop it.",
            )


def _contradicted_free_entries(rule_set: RuleSet, region: Region) -> Iterator[Finding]:
    """Free entries where a rule charges the fee after all."""
    for place, entry in enumerate(rule_set.free, start=len(rule_set.rules)):
        meeting = region.meeting(place) if region.applicable >> place & 1 else 0
        for rival in each_bit(meeting):
            if rival < len(rule_set.rules) and rule_set.rules[rival].fee == entry.fee:
                rule = rule_set.rules[rival]
                example = region.inside_both(place, rival)
                yield _warning(
                    "free_but_charged",
                    (rule.code,),
                    f'Fee "{entry.fee}" is said to be free ({entry.reason}), but rule "{rule.code}" charges '
                    f"it for {_shown(example)}; to charge nothing, write a rule of 0% and higher priority.",
                    example,
                )
                break


def _take(rule_set: RuleSet, region: Region) -> Iterator[Finding]:
    """Whether percentages charged to the merchant can pass the cap on what is taken of the goods amount."""
    try:
        excess = excess_of_take(rule_set.rules, region.axes, region.applicable, rule_set.take_cap_ppm)
    except FeeCycle:
        return  # reported already
    if excess is not None:
        yield _error(
            "take_above_cap",
            tuple(rule_set.rules[place].code for place in excess.rules),
            f"Together the fees take {format_rate(excess.ppm)} of the goods amount from the merchant for "
            f"{_shown(excess.example)}, more than {format_rate(rule_set.take_cap_ppm)}; lower a rate, or set "
            "take_cap_ppm if that is meant.",
            excess.example,
        )


def _unknown_values(rule_set: RuleSet, universe: Universe) -> Iterator[Finding]:
    """Codes that the universe does not hold, where it holds any of their dimension."""
    known = {dimension: set(values) for dimension, values in universe.values.items() if values}
    if "category" in known:
        known["category"] |= set(universe.parents)
    for rule in rule_set.rules:
        for dimension, codes in rule.when.named:
            unknown = [code for code in codes if code not in known.get(dimension, codes)]
            if unknown:
                yield _warning(
                    "unknown_value",
                    (rule.code,),
                    f'Rule "{rule.code}" names {dimension} {", ".join(unknown[:5])}'
                    f"{' ...' if unknown[5:] else ''}, which is not known yet; no line matches until it is.",
                )


def _error(code: str, rules: tuple[str, ...], message: str, example: Example | None = None) -> Finding:
    return Finding(Severity.ERROR, code, rules, message, {"example": example} if example is not None else {})


def _warning(code: str, rules: tuple[str, ...], message: str, example: Example | None = None) -> Finding:
    return Finding(
        Severity.WARNING, code, rules, message, {"example": example} if example is not None else {}
    )


def _shown(example: Example) -> str:
    """A point in words; axes that tell nothing apart are not in it."""
    return ", ".join(f"{name} {value}" for name, value in example.items()) or "any line"
