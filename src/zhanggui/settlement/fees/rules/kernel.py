"""The rating kernel: order lines and compiled rules in, fee details out. Exact integers, no Python per line.

Three passes. Fees read from the order are columns. Panels, the bulk, are matrices: gather the rates of each
line's card row, multiply by the base, round once. Lanes (tiers, groups, fees on fees) follow one by one, in
an order in which every base is there. The same lines give the same details however they are batched, as
long as an order's lines stay together; batches of 10,000 to 100,000 lines are the fastest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from zhanggui.money.vectors import apply_rate_array, sum_groups
from zhanggui.settlement.fees.rules.batch import (
    ABSENT,
    PARSED,
    Integers,
    LineBatch,
    RatedBatch,
    Rules,
    goods_paid,
    refuse_unratable,
)
from zhanggui.settlement.fees.rules.compile import ORDER_AMOUNT_COLUMN, CompiledRules, PanelCard
from zhanggui.settlement.fees.rules.document import BASES
from zhanggui.settlement.fees.rules.errors import AmountBeyondInteger, UnratableLine
from zhanggui.settlement.fees.rules.lanes import LARGEST_RESULT, Chunk, rate_lane
from zhanggui.settlement.fees.rules.plan import Panel

#: Elements of a panel rated at once: a few arrays of this many fit the second-level cache.
_PANEL_ELEMENTS: Final = 20_480
#: Lines of a lane rated at once.
_LANE_LINES: Final = 16_384


@dataclass(frozen=True, slots=True)
class _Parts:
    """The merchants' parts of orders in a batch: where each begins, and the part each line is in."""

    starts: Integers
    of_line: Integers


def rate(batch: LineBatch, compiled: CompiledRules) -> RatedBatch:
    """Rate every line of the batch: the details of all slots, as `RatedBatch` says.

    A fixed amount is charged even on a base of 0, and a floor holds even then; percentages of 0 are 0.
    Raises UnratableLine (`unratable_lines` finds them beforehand; also if the lines of one order and merchant
    do not stand together and a rule looks at whole orders), AmountBeyondInteger, AmountTooLarge.
    """
    shape = (len(batch), len(compiled.slots))
    rated = RatedBatch(
        compiled.slots, np.empty(shape, np.int64), np.empty(shape, np.int64), np.empty(shape, np.int32)
    )
    if not len(batch):
        return rated
    refuse_unratable(batch)
    if int(compiled.table.fixed_unit.max()) * int(batch.quantity.max()) > LARGEST_RESULT:
        raise AmountBeyondInteger("A fixed amount per unit times the largest quantity is beyond 64 bits.")
    parts = None
    if compiled.by_order_amount or any(lane.grouped for lane in compiled.lanes):
        parts = _find_parts(batch)
    rows, prepared = compiled.card.rows(_axis_columns(batch, compiled, parts), len(batch))
    _read_parsed(batch, compiled, rated)
    bases = _NamedBases(batch)
    for panel, card in zip(compiled.panels, prepared.panels, strict=True):
        _rate_panel(panel, card, rows, batch, bases, rated)
    if compiled.lanes:
        _rate_lanes(batch, compiled, rows, prepared.winners, bases, parts, rated)
    return rated


def winning_rules(batch: LineBatch, compiled: CompiledRules) -> Integers:
    """The index (in `compiled.rules`) of the rule that wins each computed slot, int64[n, S - parsed].

    Where no rule matches it is `compiled.table.no_rule`. A rule may win and its detail still be absent, if
    both amount and base are 0. Raises UnratableLine.
    """
    if not len(batch):
        return np.zeros((0, len(compiled.slots) - compiled.parsed), dtype=np.int64)
    refuse_unratable(batch)
    parts = _find_parts(batch) if compiled.by_order_amount else None
    rows, prepared = compiled.card.rows(_axis_columns(batch, compiled, parts), len(batch))
    return prepared.winners.take(rows, axis=0)


def _axis_columns(batch: LineBatch, compiled: CompiledRules, parts: _Parts | None) -> dict[str, Integers]:
    """The columns by which the card tells lines apart."""
    columns = {axis: getattr(batch, axis) for axis in compiled.card.columns if axis != ORDER_AMOUNT_COLUMN}
    if compiled.by_order_amount and parts is not None:
        columns[ORDER_AMOUNT_COLUMN] = sum_groups(batch.goods, parts.starts)[parts.of_line]
    return columns


class _NamedBases:
    """The named bases of a batch, each computed once, when first asked for."""

    def __init__(self, batch: LineBatch) -> None:
        self._batch = batch
        self._values: dict[str, Integers] = {}
        self._with_zeros: dict[str, bool] = {}

    def values(self, base: str) -> Integers:
        """A base by line; minor units, or units for quantity."""
        if base not in self._values:
            self._values[base] = named_base(self._batch, base)
        return self._values[base]

    def has_zeros(self, base: str) -> bool:
        """Whether some line has a base of 0."""
        if base not in self._with_zeros:
            self._with_zeros[base] = not int(self.values(base).min())
        return self._with_zeros[base]


def named_base(batch: LineBatch, base: str) -> Integers:
    """One of BASES for every line; minor units, or units for quantity."""
    match base:
        case "goods":
            return batch.goods
        case "goods_paid":
            return goods_paid(batch)
        case "goods_net_shop":
            return batch.goods - batch.shop_discount
        case "freight":
            return batch.freight
        case "paid":
            return goods_paid(batch) + batch.freight
        case "tax":
            return batch.tax
        case "quantity":
            return batch.quantity
    raise ValueError(f"{base!r} is not a named base")


def _read_parsed(batch: LineBatch, compiled: CompiledRules, rated: RatedBatch) -> None:
    """The slots that the order itself holds, no rule."""
    read = {
        "goods_amount": batch.goods - batch.platform_discount - batch.points_discount,
        "platform_coupon_subsidy": batch.platform_discount,
        "points_subsidy": batch.points_discount,
        "shop_coupon": batch.shop_discount,
        "freight_collected": batch.freight,
        "supply_price": batch.supply,
    }
    first = slice(0, compiled.parsed)
    amounts = np.column_stack([read[slot.fee] for slot in compiled.slots[first]])
    rated.amounts[:, first] = amounts
    rated.bases[:, first] = amounts
    rated.rule_ids[:, first] = np.where(amounts != 0, PARSED, ABSENT)


def _rate_panel(
    panel: Panel,
    card: PanelCard,
    rows: Integers,
    batch: LineBatch,
    bases: _NamedBases,
    rated: RatedBatch,
) -> None:
    """All slots of a panel for all lines, a cacheful at a time."""
    columns = slice(panel.start, panel.stop)
    names = panel.bases
    # Where every line has a rule in every slot and no base is 0, nothing can be absent.
    all_there = card.complete and not any(bases.has_zeros(name) for name in names)
    step = max(_PANEL_ELEMENTS // (panel.stop - panel.start), 1)
    for start in range(0, len(batch), step):
        lines = slice(start, start + step)
        own = rows[lines]
        base = np.column_stack([bases.values(name)[lines] for name in names])
        if len(names) > 1:
            base = base.take(panel.base_of_slot, axis=1)
        amounts = apply_rate_array(base, card.ppm.take(own, axis=0), panel.mode)
        versions = card.versions.take(own, axis=0)
        if not panel.plain:
            _add_fixed_and_bound(amounts, card, own, batch.quantity[lines])
        if not all_there:
            base = _clear_absent(amounts, base, versions, plain=panel.plain)
        rated.amounts[lines, columns] = amounts
        rated.bases[lines, columns] = base
        rated.rule_ids[lines, columns] = versions


def _add_fixed_and_bound(amounts: Integers, card: PanelCard, rows: Integers, quantity: Integers) -> None:
    """Fixed amounts, floors and caps of a panel, in place. All neutral where there is no rule."""
    if card.fixed_line is not None:
        amounts += card.fixed_line.take(rows, axis=0)
    if card.fixed_unit is not None:
        amounts += card.fixed_unit.take(rows, axis=0) * quantity[:, None]
    if card.floor is not None and card.cap is not None:
        np.maximum(amounts, card.floor.take(rows, axis=0), out=amounts)
        np.minimum(amounts, card.cap.take(rows, axis=0), out=amounts)


def _clear_absent(amounts: Integers, base: Integers, versions: Rules, *, plain: bool) -> Integers:
    """Mark what is absent in `versions` and return the bases with 0 there. Amounts are 0 there already."""
    nothing = base == 0
    if not plain:
        nothing = nothing & (amounts == 0)
    np.putmask(versions, np.broadcast_to(nothing, versions.shape), ABSENT)
    cleared: Integers = base * (versions != ABSENT)
    return cleared


def _rate_lanes(
    batch: LineBatch,
    compiled: CompiledRules,
    rows: Integers,
    winners: Integers,
    bases: _NamedBases,
    parts: _Parts | None,
    rated: RatedBatch,
) -> None:
    """The lanes, for some thousand lines at a time; orders are never cut."""
    named = {base for lane in compiled.lanes for base in lane.bases if base in BASES}
    start = 0
    while start < len(batch):
        stop = _next_cut(start, len(batch), parts)
        lines = slice(start, stop)
        chunk = Chunk(
            rows=rows[lines],
            winners=winners,
            part=parts.of_line[lines] if parts else None,
            bases={base: bases.values(base)[lines] for base in named},
            goods=batch.goods[lines],
            quantity=batch.quantity[lines],
            cumulative_before=batch.cumulative_before[lines],
            spu_id=batch.spu_id[lines],
            sku_type_id=batch.sku_type_id[lines],
            amounts=rated.amounts[lines],
            out_bases=rated.bases[lines],
            rule_ids=rated.rule_ids[lines],
        )
        for lane in compiled.lanes:
            rate_lane(lane, compiled.table, compiled.columns_of_fee, chunk)
        start = stop


def _next_cut(start: int, length: int, parts: _Parts | None) -> int:
    """Where the chunk that begins at `start` ends: at a part's begin."""
    wanted = start + _LANE_LINES
    if wanted >= length or parts is None:
        return min(wanted, length)
    later = int(np.searchsorted(parts.starts, wanted))
    return int(parts.starts[later]) if later < parts.starts.size else length


def _find_parts(batch: LineBatch) -> _Parts:
    """The runs of lines of one (order, merchant). Raises UnratableLine if one comes in two runs."""
    order, merchant = batch.order_id, batch.merchant_id
    begins = np.ones(len(batch), dtype=np.bool_)
    np.not_equal(order[1:], order[:-1], out=begins[1:])
    begins[1:] |= merchant[1:] != merchant[:-1]
    starts = np.flatnonzero(begins)
    orders, merchants = order[starts], merchant[starts]
    # Ascending (order, merchant), the usual case, needs no sorting to see that no part comes twice.
    rising = (orders[1:] > orders[:-1]) | ((orders[1:] == orders[:-1]) & (merchants[1:] > merchants[:-1]))
    if not rising.all():
        by_part = np.lexsort((merchants, orders))
        again = (np.diff(orders[by_part]) == 0) & (np.diff(merchants[by_part]) == 0)
        if again.any():
            run = int(by_part[1:][again][0])
            raise UnratableLine(
                f"The lines of order {int(orders[run])} and merchant {int(merchants[run])} do not stand "
                "together in the batch; sort it by order and merchant.",
                order_id=int(orders[run]),
                merchant_id=int(merchants[run]),
            )
    return _Parts(starts, np.cumsum(begins) - 1)
