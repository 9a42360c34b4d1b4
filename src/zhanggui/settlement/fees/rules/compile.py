"""From a rule set and the ids of the day to something the kernel can run: plan, rule table, card."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from zhanggui.settlement.fees.rules.batch import ABSENT, COLUMN_OF_DIMENSION, Integers, Rules, Slot
from zhanggui.settlement.fees.rules.card import Card, CutAxis, ValueAxis
from zhanggui.settlement.fees.rules.document import DIMENSIONS, PARSED_FEES, Rule, RuleSet
from zhanggui.settlement.fees.rules.errors import MissingRuleVersion, UnknownFee, UnsoundRule
from zhanggui.settlement.fees.rules.plan import Lane, Panel, build_lanes, build_panels, panel_key, rule_spans
from zhanggui.settlement.fees.rules.soundness import fee_depths, rule_faults
from zhanggui.settlement.fees.rules.space import interval_bits, open_bits, value_bits
from zhanggui.settlement.fees.rules.table import RuleTable, build_table

_EPOCH: Final = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
#: Axis columns that LineBatch has, and the one the kernel adds: goods of the merchant's part of the order.
TIME_COLUMN: Final = "ordered_us"
ORDER_AMOUNT_COLUMN: Final = "order_amount"
#: Sorts after every panel key.
_LAST: Final = ("~",)
_UNBOUNDED: Final = (None, None)


@dataclass(frozen=True, slots=True)
class DimensionIds:
    """The numbers of a dimension: code -> id (above 0), and, for a tree, id -> parent id (0: a root)."""

    ids: Mapping[str, int]
    parents: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PanelCard:
    """What a panel gathers by card row; None where no rule of the panel needs it."""

    ppm: Integers
    versions: Rules
    complete: bool  #: every row has a rule in every slot
    fixed_line: Integers | None
    fixed_unit: Integers | None
    floor: Integers | None
    cap: Integers | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """The card's tables: a PanelCard a panel, and winning rule by row and computed slot."""

    panels: tuple[PanelCard, ...]
    winners: Integers


@dataclass(frozen=True, slots=True)
class CompiledRules:
    """A rule set ready to rate. Immutable but for the card, which remembers combinations it has seen."""

    slots: tuple[Slot, ...]
    parsed: int  #: how many slots, the first ones, are read from the order
    panels: tuple[Panel, ...]
    lanes: tuple[Lane, ...]  #: in an order in which every base is there before it is needed
    rules: tuple[Rule, ...]  #: by rule index, as winners name them
    table: RuleTable
    columns_of_fee: Mapping[str, tuple[int, ...]]
    card: Card[Prepared]
    by_order_amount: bool

    @property
    def rule_count(self) -> int:
        """How many rules were compiled."""
        return self.table.no_rule


def compile_rules(
    rule_set: RuleSet,
    *,
    fee_ids: Mapping[str, int],
    dimensions: Mapping[str, DimensionIds],
    rule_version_ids: Mapping[str, int],
    zone: datetime.tzinfo,
    freight_to_merchant: bool = True,
) -> CompiledRules:
    """Compile a rule set against fee type ids, dimension ids and rule version ids (all by code).

    Days of the rules begin at midnight in `zone`. A code that a rule names and `dimensions` does not know
    matches nothing; an id a batch holds and `dimensions` does not know matches only rules that do not
    restrict its dimension. So compile anew when a dimension has grown. With `freight_to_merchant` False the
    parsed fee freight_collected is left out.

    Raises UnsoundRule, FeeCycle, UnknownFee, MissingRuleVersion.
    """
    _refuse_uncompilable(rule_set, fee_ids, rule_version_ids)
    depths = fee_depths(rule_set.rules)
    ranked = sorted(rule_set.rules, key=lambda rule: (depths[rule.fee], rule.slot, rule.rank))
    by_slot = [list(rules) for _, rules in groupby(ranked, key=lambda rule: rule.slot)]
    by_slot.sort(key=lambda rules: (depths[rules[0].fee], panel_key(rules) or _LAST, rules[0].slot))
    ordered = [rule for rules in by_slot for rule in rules]
    table = build_table(ordered, rule_version_ids)
    parsed = [
        Slot(fee_ids[fee], payer, receiver, "parsed", fee)
        for fee, (payer, receiver) in PARSED_FEES.items()
        if freight_to_merchant or fee != "freight_collected"
    ]
    computed = [
        Slot(fee_ids[rules[0].fee], rules[0].payer, rules[0].receiver, "computed", rules[0].fee)
        for rules in by_slot
    ]
    slots = (*parsed, *computed)
    columns_of_fee: dict[str, tuple[int, ...]] = {}
    for column, slot in enumerate(slots):
        columns_of_fee[slot.fee] = (*columns_of_fee.get(slot.fee, ()), column)
    panels = build_panels(by_slot, len(parsed))
    return CompiledRules(
        slots=slots,
        parsed=len(parsed),
        panels=panels,
        lanes=build_lanes(by_slot, len(parsed)),
        rules=tuple(ordered),
        table=table,
        columns_of_fee=columns_of_fee,
        card=_build_card(rule_set, by_slot, dimensions, zone, table, panels),
        by_order_amount=any(_order_bounds(rule) != _UNBOUNDED for rule in ordered),
    )


def _refuse_uncompilable(rule_set: RuleSet, fee_ids: Mapping[str, int], versions: Mapping[str, int]) -> None:
    """Raise the first refusal of `compile_rules`, if there is one (FeeCycle comes from `fee_depths`)."""
    for rule in rule_set.rules:
        faults = rule_faults(rule)
        if faults:
            raise UnsoundRule(faults[0].message, rule=rule.code, fault=faults[0].code)
    charged = {rule.fee for rule in rule_set.rules} | set(PARSED_FEES)
    for fee in sorted(charged):
        if fee not in fee_ids:
            raise UnknownFee(f'The fee catalogue has no fee "{fee}"; add it before rating.', fee=fee)
    for rule in rule_set.rules:
        base = rule.formula.fee_base
        if rule.fee in PARSED_FEES:
            raise UnknownFee(
                f'Rule "{rule.code}" charges "{rule.fee}", which is read from the order itself; choose '
                "another fee.",
                rule=rule.code,
                fee=rule.fee,
            )
        if base is not None and base not in charged:
            raise UnknownFee(
                f'Rule "{rule.code}" builds on fee "{base}", which no rule of the set charges.',
                rule=rule.code,
                fee=base,
            )
        if rule.code not in versions:
            raise MissingRuleVersion(
                f'Rule "{rule.code}" has no version id; publish the set before rating.', rule=rule.code
            )


def _build_card(
    rule_set: RuleSet,
    by_slot: Sequence[Sequence[Rule]],
    dimensions: Mapping[str, DimensionIds],
    zone: datetime.tzinfo,
    table: RuleTable,
    panels: Sequence[Panel],
) -> Card[Prepared]:
    """The card over those axes that some rule restricts, and the time."""
    rules: list[Rule | None] = []
    segments = []
    for own, (first_rule, _) in zip(by_slot, rule_spans(by_slot), strict=True):
        words = -(-len(own) // 64)
        segments.append((len(rules) // 64, words, first_rule))
        rules += [*own, *[None] * (words * 64 - len(own))]  # every slot begins with a fresh word
    width = max(len(rules) // 64, 1)
    axes: list[ValueAxis | CutAxis] = []
    for dimension in DIMENSIONS:
        axis = _value_axis(dimension, rules, dimensions.get(dimension, DimensionIds({})), width)
        if axis is not None:
            axes.append(axis)
    axes.append(_cut_axis(TIME_COLUMN, rules, [_window(rule, rule_set, zone) for rule in rules], width))
    bands = [_order_bounds(rule) for rule in rules]
    if any(band != _UNBOUNDED for band in bands):
        axes.append(_cut_axis(ORDER_AMOUNT_COLUMN, rules, bands, width))

    def prepare(winners: Integers) -> Prepared:
        return Prepared(tuple(_panel_card(panel, table, winners) for panel in panels), winners)

    return Card(axes, segments, table.no_rule, prepare)


def _value_axis(
    dimension: str, rules: Sequence[Rule | None], known: DimensionIds, words: int
) -> ValueAxis | None:
    """The axis of one dimension, None if no rule restricts it."""
    named: list[set[int] | None] = []
    for rule in rules:
        codes = rule.when.codes(dimension) if rule else None
        named.append(None if codes is None else {known.ids[code] for code in codes if code in known.ids})
    if all(values is None for values in named):
        return None
    parents = {child: parent or None for child, parent in known.parents.items()}
    return ValueAxis(COLUMN_OF_DIMENSION[dimension], value_bits(named, parents), open_bits(named), words)


def _cut_axis(
    column: str, rules: Sequence[Rule | None], bounds: Sequence[tuple[int | None, int | None]], words: int
) -> CutAxis:
    """The axis of times or order amounts; padding is in force nowhere."""
    real = 0
    for place, rule in enumerate(rules):
        real |= (rule is not None) << place
    cuts, bits = interval_bits(bounds)
    return CutAxis(column, cuts, [its & real for its in bits], words)


def _window(rule: Rule | None, rule_set: RuleSet, zone: datetime.tzinfo) -> tuple[int | None, int | None]:
    """When a rule is in force, microseconds UTC, half-open; never before its set is."""
    if rule is None:
        return _UNBOUNDED
    starts = max(rule.effective_from, rule_set.effective_from)
    if rule.effective_before is None:
        return midnight_us(starts, zone), None
    return midnight_us(starts, zone), midnight_us(max(rule.effective_before, starts), zone)


def midnight_us(day: datetime.date, zone: datetime.tzinfo) -> int:
    """The begin of a day in a zone, microseconds since 1970 UTC, exactly."""
    begin = datetime.datetime.combine(day, datetime.time(), tzinfo=zone)
    return (begin - _EPOCH) // datetime.timedelta(microseconds=1)


def _order_bounds(rule: Rule | None) -> tuple[int | None, int | None]:
    """The band of goods amounts of the merchant's part of the order, minor units, half-open."""
    return (rule.when.order_from, rule.when.order_before) if rule else _UNBOUNDED


def _panel_card(panel: Panel, table: RuleTable, winners: Integers) -> PanelCard:
    """What the panel's lines gather, by card row."""
    won = winners[:, panel.slots]
    versions = table.version[won]
    return PanelCard(
        ppm=table.ppm[won],
        versions=versions,
        complete=bool((versions != ABSENT).all()),
        fixed_line=table.fixed_line[won] if panel.fixed_line else None,
        fixed_unit=table.fixed_unit[won] if panel.fixed_unit else None,
        floor=table.floor[won] if panel.bounded else None,
        cap=table.cap[won] if panel.bounded else None,
    )
