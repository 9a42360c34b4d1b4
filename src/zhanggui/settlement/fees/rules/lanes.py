"""One demanding slot at a time: tiers, groups of lines, fees on fees, fixed amounts per order.

A rule's formula is evaluated once for each group: the lines of one merchant's part of an order that the rule
won and that agree in what its granularity names (a missing id is one of its own). The result is shared over
them by largest remainder, weighted by their bases (by goods if all bases are 0, equally if these are, too).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from zhanggui.money.rounding import RoundingMode
from zhanggui.money.vectors import Modes, allocate_groups, apply_rate_array, sum_groups
from zhanggui.settlement.fees.rules.batch import ABSENT, Integers, Rules
from zhanggui.settlement.fees.rules.document import BASES, FEE_BASE
from zhanggui.settlement.fees.rules.errors import AmountBeyondInteger
from zhanggui.settlement.fees.rules.plan import Lane
from zhanggui.settlement.fees.rules.table import ALONE, BY_ORDER, BY_SKU_TYPE, BY_SPU, RuleTable, Shape
from zhanggui.settlement.fees.rules.tiers import accrued, at_step

#: Results stay below this, so that the sums made of them fit 64 bits.
LARGEST_RESULT: Final = 2**62


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive lines of a batch, whole orders, and their rows of the rated batch (to be written to)."""

    rows: Integers  #: card rows
    winners: Integers  #: rule index by card row and computed slot
    part: Integers | None  #: merchant's part of an order, ascending; None if no lane is grouped
    bases: Mapping[str, Integers]
    goods: Integers
    quantity: Integers
    cumulative_before: Integers
    spu_id: Integers
    sku_type_id: Integers
    amounts: Integers
    out_bases: Integers
    rule_ids: Rules


@dataclass(frozen=True, slots=True)
class _Won:
    """The lines of a chunk on which some rule of the lane won, with all that formulas look at."""

    rule: Integers
    base: Integers
    goods: Integers
    quantity: Integers
    cumulative: Integers
    part: Integers
    group_key: Integers  #: agrees on lines that the rule's granularity puts together


@dataclass(frozen=True, slots=True)
class _Units:
    """What a formula is evaluated on: a line alone, or a group of lines summed up."""

    rule: Integers
    base: Integers
    lines: Integers | int
    quantity: Integers
    cumulative: Integers  #: of the first line
    order_fixed: Integers | int  #: the unit's part of what is fixed per order
    accrued: Integers | int  #: graduated over cumulative sales, summed from the lines


def rate_lane(
    lane: Lane, table: RuleTable, columns_of_fee: Mapping[str, tuple[int, ...]], chunk: Chunk
) -> None:
    """Rate one slot for the lines of a chunk, into the chunk's own columns.

    Raises AmountBeyondInteger, AmountTooLarge.
    """
    winners = chunk.winners[:, lane.slot].take(chunk.rows)
    matched = np.flatnonzero(winners != table.no_rule)
    rule = winners[matched]
    base = _bases(lane, table, columns_of_fee, chunk, rule, matched)
    if lane.grouped:
        amount = _rate_grouped(lane, table, _gather(table, chunk, rule, base, matched))
    else:
        cumulative = chunk.cumulative_before[matched]
        quantity = chunk.quantity[matched]
        amount = _evaluate(lane, table, _Units(rule, base, 1, quantity, cumulative, 0, 0))
    there = (amount != 0) | (base != 0)
    for out, values, none in (
        (chunk.amounts, amount, 0),
        (chunk.out_bases, base, 0),
        (chunk.rule_ids, np.where(there, table.version[rule], ABSENT), ABSENT),
    ):
        if matched.size == winners.size:
            out[:, lane.column] = values
        else:
            out[:, lane.column] = none
            out[matched, lane.column] = values


def _bases(
    lane: Lane,
    table: RuleTable,
    columns_of_fee: Mapping[str, tuple[int, ...]],
    chunk: Chunk,
    rule: Integers,
    matched: Integers,
) -> Integers:
    """Each matched line's base: a named one, or the sum of another fee's amounts on the line."""
    numbers = table.base[rule]
    result = np.zeros(rule.size, dtype=np.int64)
    for name in lane.bases:
        if name in BASES:
            number, values = BASES.index(name), chunk.bases[name]
        else:
            fee = name.removeprefix(FEE_BASE)
            number = len(BASES) + table.fee_bases.index(fee)
            values = chunk.amounts[:, columns_of_fee.get(fee, ())].sum(axis=1)
        if len(lane.bases) == 1:
            return values[matched]
        own = numbers == number
        result[own] = values[matched[own]]
    return result


def _gather(table: RuleTable, chunk: Chunk, rule: Integers, base: Integers, matched: Integers) -> _Won:
    """The matched lines with their group keys."""
    assert chunk.part is not None, "a chunk with grouped lanes knows its parts"
    grouping = table.grouping[rule]
    key = np.where(grouping == ALONE, matched, 0)
    key = np.where(grouping == BY_SPU, chunk.spu_id[matched], key)
    key = np.where(grouping == BY_SKU_TYPE, chunk.sku_type_id[matched], key)
    return _Won(
        rule=rule,
        base=base,
        goods=chunk.goods[matched],
        quantity=chunk.quantity[matched],
        cumulative=chunk.cumulative_before[matched],
        part=chunk.part[matched],
        group_key=key,
    )


def _rate_grouped(lane: Lane, table: RuleTable, won: _Won) -> Integers:
    """Amounts by line: evaluate each group once and share the result over its lines."""
    order, starts = _group(won.part, won.rule, won.group_key)
    line_rule, line_base = won.rule[order], won.base[order]
    rule = line_rule[starts]
    base = _sums(line_base, starts)
    from_lines: Integers | int = 0
    if Shape.GRADUATED_BY_CUMULATIVE in lane.shapes:
        own = table.shape[line_rule] == Shape.GRADUATED_BY_CUMULATIVE
        pieces = np.zeros(line_rule.size, dtype=np.int64)
        pieces[own] = _accrue(lane, table, line_rule[own], line_base[own], won.cumulative[order][own])
        from_lines = _sums(pieces, starts)
    order_fixed = np.where(table.grouping[rule] == BY_ORDER, table.fixed_order[rule], 0)
    if lane.spreads_order_fixed:
        order_fixed = order_fixed + _sums(_spread_order_fixed(table, won)[order], starts)
    units = _Units(
        rule=rule,
        base=base,
        lines=np.diff(starts, append=line_rule.size),
        quantity=_sums(won.quantity[order], starts),
        cumulative=won.cumulative[order][starts],
        order_fixed=order_fixed,
        accrued=from_lines,
    )
    amounts = _evaluate(lane, table, units, from_lines=True)
    if starts.size == line_rule.size:
        shares = amounts
    else:
        weights = np.where(np.repeat(base, units.lines) != 0, line_base, won.goods[order])
        shares = allocate_groups(amounts, weights, starts)
    result = np.empty_like(shares)
    result[order] = shares
    return result


def _spread_order_fixed(table: RuleTable, won: _Won) -> Integers:
    """Fixed amounts per order, on rules that are not evaluated per order: shares by line, by goods."""
    order, starts = _group(won.part, won.rule, None)
    rule = won.rule[order][starts]
    totals = np.where(table.grouping[rule] == BY_ORDER, 0, table.fixed_order[rule])
    shares = np.empty(order.size, dtype=np.int64)
    shares[order] = allocate_groups(totals, won.goods[order], starts)
    return shares


def _group(part: Integers, rule: Integers, key: Integers | None) -> tuple[Integers, Integers]:
    """Sort lines into groups of equal (part, rule, key): (stable order, first place of each group)."""
    keys = (part, rule) if key is None else (part, rule, key)
    order = np.lexsort(keys[::-1])
    begins = np.zeros(order.size, dtype=np.bool_)
    begins[:1] = True
    for values in keys:
        placed = values[order]
        begins[1:] |= placed[1:] != placed[:-1]
    return order, np.flatnonzero(begins)


def _evaluate(lane: Lane, table: RuleTable, units: _Units, *, from_lines: bool = False) -> Integers:
    """The formula on every unit: percentage, rounded once, plus fixed amounts, within floor and cap.

    `from_lines`: what accrues over cumulative sales is in `units.accrued`; otherwise each unit is one line.
    """
    rule = units.rule
    amount = _percentage(lane, table, units, from_lines=from_lines) + units.accrued
    if lane.fixed:
        per_unit = table.fixed_unit[rule]
        if rule.size and int(per_unit.max()) * int(units.quantity.max()) > LARGEST_RESULT:
            raise AmountBeyondInteger("A fixed amount per unit times a group's quantity is beyond 64 bits.")
        amount = amount + table.fixed_line[rule] * units.lines + per_unit * units.quantity + units.order_fixed
    if lane.bounded:
        amount = np.minimum(np.maximum(amount, table.floor[rule]), table.cap[rule])
    if amount.size and not 0 <= int(amount.max()) <= LARGEST_RESULT:
        raise AmountBeyondInteger("A fee comes to more than 64 bits hold; check rates and fees on fees.")
    return amount


def _percentage(lane: Lane, table: RuleTable, units: _Units, *, from_lines: bool) -> Integers:
    """The rounded percentage part, with the fixed amounts of tiers."""
    if lane.shapes == {Shape.RATE}:
        return apply_rate_array(units.base, table.ppm[units.rule], _modes(lane, table, units.rule))
    result = np.zeros(units.rule.size, dtype=np.int64)
    shapes = table.shape[units.rule]
    for shape in lane.shapes:
        own = shapes == shape
        rule, base = units.rule[own], units.base[own]
        modes = _modes(lane, table, rule)
        match shape:
            case Shape.RATE:
                result[own] = apply_rate_array(base, table.ppm[rule], modes)
            case Shape.SLAB_BY_AMOUNT:
                result[own] = at_step(table.steps, rule, base, base, modes)
            case Shape.SLAB_BY_CUMULATIVE:
                result[own] = at_step(table.steps, rule, units.cumulative[own], base, modes)
            case Shape.GRADUATED_BY_AMOUNT:
                result[own] = accrued(table.steps, rule, base, modes)
            case Shape.GRADUATED_BY_CUMULATIVE if not from_lines:
                result[own] = _accrue(lane, table, rule, base, units.cumulative[own])
    return result


def _accrue(lane: Lane, table: RuleTable, rule: Integers, base: Integers, cumulative: Integers) -> Integers:
    """What lines add to the exact total over the period: T(cumulative + base) - T(cumulative)."""
    modes = _modes(lane, table, rule)
    total = accrued(table.steps, rule, cumulative + base, modes)
    return total - accrued(table.steps, rule, cumulative, modes)


def _modes(lane: Lane, table: RuleTable, rule: Integers) -> Modes:
    """One rounding mode for the lane, or one for each rule."""
    return lane.mode if isinstance(lane.mode, RoundingMode) else table.mode[rule]


def _sums(values: Integers, starts: Integers) -> Integers:
    """Group sums."""
    return sum_groups(values, starts)
