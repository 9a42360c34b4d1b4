"""The derivation of any detail of an order, from its lines and the compiled rules alone."""

from __future__ import annotations

import numpy as np

from zhanggui.settlement.fees.rules.batch import LineBatch, RatedBatch, Slot
from zhanggui.settlement.fees.rules.compile import CompiledRules
from zhanggui.settlement.fees.rules.document import Rule
from zhanggui.settlement.fees.rules.errors import UnexplainableDetail
from zhanggui.settlement.fees.rules.explain import Explanation, Show, Step, WonLine, explain_detail
from zhanggui.settlement.fees.rules.kernel import rate, winning_rules

#: What a parsed fee is made of: (column, sign, 中文, English).
_PARSED_PARTS = {
    "goods_amount": (
        ("goods", 1, "商品金额", "goods"),
        ("platform_discount", -1, "平台优惠", "platform discount"),
        ("points_discount", -1, "积分抵扣", "points"),
    ),
    "platform_coupon_subsidy": (("platform_discount", 1, "平台优惠", "platform discount"),),
    "points_subsidy": (("points_discount", 1, "积分抵扣", "points"),),
    "shop_coupon": (("shop_discount", 1, "店铺优惠", "shop discount"),),
    "freight_collected": (("freight", 1, "运费", "freight"),),
    "supply_price": (("supply", 1, "供货价", "supply price"),),
}


def explain_rated(
    batch: LineBatch,
    compiled: CompiledRules,
    *,
    line_id: int,
    fee: str,
    payer: str,
    receiver: str,
    show: Show = str,
) -> Explanation:
    """Explain one detail of an order: rate its lines again and follow the slot's formula on the line.

    `batch` holds at least all lines of the merchant's part of the order, in the order they were billed in,
    with the same `cumulative_before`; `compiled` the same rules. Raises UnexplainableDetail (no such line or
    slot, or no rule won there) and what `rate` raises.
    """
    rated = rate(batch, compiled)
    rows = np.flatnonzero(batch.line_id == line_id)
    columns = [
        column
        for column, slot in enumerate(compiled.slots)
        if (slot.fee, slot.payer, slot.receiver) == (fee, payer, receiver)
    ]
    if rows.size != 1 or not columns:
        raise UnexplainableDetail(
            f"There is no detail of fee {fee} from {payer} to {receiver} on line {line_id}.",
            line_id=line_id,
            fee=fee,
        )
    row, column = int(rows[0]), columns[0]
    if compiled.slots[column].source == "parsed":
        return _explain_parsed(batch, compiled.slots[column], row, show)
    rule, lines = won_lines(batch, compiled, rated, row=row, column=column)
    return explain_detail(rule, lines, line_id, show=show)


def won_lines(
    batch: LineBatch, compiled: CompiledRules, rated: RatedBatch, *, row: int, column: int
) -> tuple[Rule, tuple[WonLine, ...]]:
    """The rule that won a slot on a line, and all lines of the same order and merchant on which it won.

    Raises UnexplainableDetail if no rule won there, or the slot is read from the order.
    """
    slot = compiled.slots[column]
    winners = winning_rules(batch, compiled)[:, column - compiled.parsed]
    rule = int(winners[row])
    if column < compiled.parsed or rule == compiled.table.no_rule:
        raise UnexplainableDetail(
            f"No rule charges fee {slot.fee} on line {int(batch.line_id[row])}.",
            line_id=int(batch.line_id[row]),
            fee=slot.fee,
        )
    own = winners == rule
    own &= (batch.order_id == batch.order_id[row]) & (batch.merchant_id == batch.merchant_id[row])
    lines = tuple(
        WonLine(
            line_id=int(batch.line_id[place]),
            base=int(rated.bases[place, column]),  # 0 where the detail is absent, as it then was
            goods=int(batch.goods[place]),
            quantity=int(batch.quantity[place]),
            cumulative_before=int(batch.cumulative_before[place]),
            spu_id=int(batch.spu_id[place]),
            sku_type_id=int(batch.sku_type_id[place]),
        )
        for place in np.flatnonzero(own)
    )
    return compiled.rules[rule], lines


def _explain_parsed(batch: LineBatch, slot: Slot, row: int, show: Show) -> Explanation:
    """A fee read from the order: the amounts it is made of."""
    parts = [
        (sign * int(getattr(batch, column)[row]), zh, en) for column, sign, zh, en in _PARSED_PARTS[slot.fee]
    ]
    amount = sum(value for value, _, _ in parts)

    def joined(names: list[str]) -> str:
        terms = [f"{'−' if place else ''} {name}".strip() for place, name in enumerate(names)]
        return f"{' '.join(terms)} = {show(amount)}"

    step = Step(
        "parsed",
        {"parts": {en: value for value, _, en in parts}, "amount": amount},
        "取自订单：" + joined([f"{zh} {show(abs(value))}" for value, zh, _ in parts]),
        "Read from the order: " + joined([f"{en} {show(abs(value))}" for value, _, en in parts]),
    )
    return Explanation(None, int(batch.line_id[row]), amount, amount, (step,))
