"""How a fee detail came about, step by step, in numbers and in words (中文, English).

Recomputed with scalar arithmetic from the rule version and the lines the rule won; it must come to the
kernel's amount, and tests hold it to that. `lines` explains from a batch; here the formula is explained.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from zhanggui.money.allocation import allocate
from zhanggui.money.rates import WHOLE_PPM, format_rate
from zhanggui.money.rounding import round_ratio
from zhanggui.settlement.fees.rules import words
from zhanggui.settlement.fees.rules.document import FixedPer, Granularity, Rule, Tier, TierBy, TierKind, Tiers
from zhanggui.settlement.fees.rules.errors import UnexplainableDetail

#: Renders minor units for people, e.g. "12.34 CNY".
type Show = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class WonLine:
    """A line on which the rule won: its own base, and what groups, weights and tiers look at."""

    line_id: int
    base: int  #: minor units, or units for quantity
    goods: int  #: list amount, minor units
    quantity: int
    cumulative_before: int = 0
    spu_id: int = 0
    sku_type_id: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the computation. `kind` is stable, `values` are integers and codes for programs."""

    kind: str
    values: dict[str, Any]
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole derivation of one detail; `amount` and `base` are the detail's own."""

    rule: str | None
    line_id: int
    base: int
    amount: int
    steps: tuple[Step, ...]

    def as_dict(self) -> dict[str, Any]:
        """As a JSON value."""
        return {
            "rule": self.rule,
            "line_id": self.line_id,
            "base": self.base,
            "amount": self.amount,
            "steps": [
                {"kind": step.kind, "values": step.values, "zh": step.zh, "en": step.en}
                for step in self.steps
            ],
        }


def explain_detail(rule: Rule, lines: Sequence[WonLine], line_id: int, *, show: Show = str) -> Explanation:
    """Explain what a rule came to on a line.

    `lines` are all lines of the merchant's part of the order on which this rule version won its slot, in
    batch order, also those whose base and amount are 0; the rule picks the line's group from them. `show`
    renders minor units in the texts. Raises UnexplainableDetail if the line is not among `lines`.
    """
    line = next((each for each in lines if each.line_id == line_id), None)
    if line is None:
        raise UnexplainableDetail(
            f'Line {line_id} is not among those that rule "{rule.code}" won; give all lines of the order.',
            line_id=line_id,
            rule=rule.code,
        )
    group = [each for each in lines if _group_key(rule, each) == _group_key(rule, line)]
    steps = [_base_step(rule, group, show)]
    amount = _percentage(rule, group, steps, show)
    amount += _fixed(rule, group, lines, steps, show)
    amount = _bound(rule, amount, steps, show)
    if len(group) > 1:
        amount = _share(group, line, amount, steps, show)
    return Explanation(rule.code, line_id, line.base, amount, tuple(steps))


def _group_key(rule: Rule, line: WonLine) -> int:
    """What the lines of one group agree in."""
    match rule.granularity:
        case Granularity.ORDER:
            return 0
        case Granularity.SPU:
            return line.spu_id
        case Granularity.SKU_TYPE:
            return line.sku_type_id
        case Granularity.SKU | Granularity.FEE:
            return line.line_id


def _base_step(rule: Rule, group: Sequence[WonLine], show: Show) -> Step:
    """The base, summed over the group."""
    base = sum(line.base for line in group)
    zh, en = words.base(rule.formula.base)
    shown = str(base) if rule.formula.base == "quantity" else show(base)
    several_zh = f"（{len(group)} 行合计）" if len(group) > 1 else ""
    several_en = f" ({len(group)} lines together)" if len(group) > 1 else ""
    return Step(
        "base",
        {"name": rule.formula.base, "base": base, "lines": [line.line_id for line in group]},
        f"计费基数：{zh} {shown}{several_zh}",
        f"Base: {en} {shown}{several_en}",
    )


def _percentage(rule: Rule, group: Sequence[WonLine], steps: list[Step], show: Show) -> int:
    """The percentage part with the fixed amounts of tiers; adds its steps."""
    base = sum(line.base for line in group)
    tiers = rule.formula.tiers
    if tiers is None:
        return _rounded(rule, [(base, rule.formula.ppm)], steps, show) if rule.formula.ppm else 0
    if tiers.kind is TierKind.SLAB:
        chooser = base if tiers.by is TierBy.LINE_AMOUNT else group[0].cumulative_before
        by_units = rule.formula.base == "quantity" and tiers.by is TierBy.LINE_AMOUNT
        number = max(place for place, step in enumerate(tiers.steps) if step.from_amount <= chooser)
        steps.append(_tier_step(tiers, number, chooser, str if by_units else show))
        tier = tiers.steps[number]
        return _rounded(rule, [(base, tier.ppm)], steps, show) + _tier_fixed([tier], steps, show)
    if tiers.by is TierBy.LINE_AMOUNT:
        return _accrued(rule, tiers, base, steps, show)
    total = 0
    for line in group:
        before, after = line.cumulative_before, line.cumulative_before + line.base
        low = _accrued(rule, tiers, before, steps, show)
        high = _accrued(rule, tiers, after, steps, show)
        total += high - low
        steps.append(
            Step(
                "difference",
                {"line_id": line.line_id, "before": before, "after": after, "from": low, "to": high},
                f"期内累计由 {show(before)} 到 {show(after)}："
                f"{show(high)} − {show(low)} = {show(high - low)}",
                f"Sales of the period go from {show(before)} to {show(after)}: "
                f"{show(high)} − {show(low)} = {show(high - low)}",
            )
        )
    return total


def _tier_step(tiers: Tiers, number: int, chooser: int, show: Show) -> Step:
    """Which step of a slab applies, and why."""
    tier = tiers.steps[number]
    zh, en = words.chooser(tiers.by)
    return Step(
        "tier",
        {"number": number + 1, "from": tier.from_amount, "ppm": tier.ppm, "chosen_by": chooser},
        f"{zh} {show(chooser)} 落入第 {number + 1} 档（{show(tier.from_amount)} 起），"
        f"费率 {format_rate(tier.ppm)}",
        f"{en} {show(chooser)} is in step {number + 1} (from {show(tier.from_amount)}), "
        f"rate {format_rate(tier.ppm)}",
    )


def _accrued(rule: Rule, tiers: Tiers, amount: int, steps: list[Step], show: Show) -> int:
    """Graduated tiers up to an amount: every part at its rate, rounded once, and the steps' fixed amounts."""
    parts, entered = [], []
    for place, tier in enumerate(tiers.steps):
        if amount > tier.from_amount:
            later = tiers.steps[place + 1 : place + 2]
            top = min(amount, later[0].from_amount) if later else amount
            parts.append((top - tier.from_amount, tier.ppm))
            entered.append(tier)
    return _rounded(rule, parts, steps, show) + _tier_fixed(entered, steps, show)


def _tier_fixed(tiers: Sequence[Tier], steps: list[Step], show: Show) -> int:
    """Fixed amounts of tiers; adds a step if there are any."""
    fixed = sum(tier.fixed for tier in tiers)
    if fixed:
        steps.append(
            Step(
                "tier_fixed",
                {"fixed": fixed},
                f"阶梯固定费 {show(fixed)}",
                f"Fixed amounts of the steps {show(fixed)}",
            )
        )
    return fixed


def _rounded(rule: Rule, parts: Sequence[tuple[int, int]], steps: list[Step], show: Show) -> int:
    """The sum of amounts times rates, rounded once; adds a step with the exact value and the remainder."""
    mode = rule.formula.rounding
    exact = sum(amount * ppm for amount, ppm in parts)
    result = round_ratio(exact, WHOLE_PPM, mode)
    remainder = exact - result * WHOLE_PPM
    product = " + ".join(f"{amount} × {format_rate(ppm)}" for amount, ppm in parts) or "0"
    zh, en = words.rounding(mode)
    steps.append(
        Step(
            "rate",
            {
                "parts": [{"amount": amount, "ppm": ppm} for amount, ppm in parts],
                "exact": words.millionths(exact),
                "rounding": mode.value,
                "rounded": result,
                "remainder": words.millionths(remainder),
            },
            f"{product} = {words.millionths(exact)}（最小货币单位），{zh}得 {show(result)}，"
            f"余数 {words.millionths(remainder)}",
            f"{product} = {words.millionths(exact)} (minor units), rounded {en} to {show(result)}, "
            f"remainder {words.millionths(remainder)}",
        )
    )
    return result


def _fixed(
    rule: Rule, group: Sequence[WonLine], won: Sequence[WonLine], steps: list[Step], show: Show
) -> int:
    """The fixed part of the group; adds a step if there is one."""
    each = rule.formula.fixed
    if not each:
        return 0
    match rule.formula.fixed_per:
        case FixedPer.LINE:
            total, zh, en = each * len(group), f"{len(group)} 行", f"{len(group)} lines"
        case FixedPer.UNIT:
            units = sum(line.quantity for line in group)
            total, zh, en = each * units, f"{units} 件", f"{units} units"
        case FixedPer.ORDER:
            shares = allocate(each, [line.goods for line in won])
            own = {line.line_id for line in group}
            total = sum(share for line, share in zip(won, shares, strict=True) if line.line_id in own)
            zh, en = f"每单一次，按商品金额分摊得 {show(total)}", f"once an order, by goods: {show(total)}"
    steps.append(
        Step(
            "fixed",
            {"each": each, "per": rule.formula.fixed_per.value, "fixed": total},
            f"固定费 {show(each)} × {zh}" if total != each else f"固定费 {show(each)}",
            f"Fixed {show(each)} × {en}" if total != each else f"Fixed {show(each)}",
        )
    )
    return total


def _bound(rule: Rule, amount: int, steps: list[Step], show: Show) -> int:
    """Floor and cap; adds a step if one of them changes the amount."""
    floor, cap = rule.formula.floor, rule.formula.cap
    if floor is not None and amount < floor:
        steps.append(
            Step(
                "floor",
                {"before": amount, "floor": floor},
                f"{show(amount)} 低于保底，按保底 {show(floor)}",
                f"{show(amount)} is below the floor, so {show(floor)}",
            )
        )
        amount = floor
    if cap is not None and amount > cap:
        steps.append(
            Step(
                "cap",
                {"before": amount, "cap": cap},
                f"{show(amount)} 超过封顶，按封顶 {show(cap)}",
                f"{show(amount)} is above the cap, so {show(cap)}",
            )
        )
        amount = cap
    return amount


def _share(group: Sequence[WonLine], line: WonLine, total: int, steps: list[Step], show: Show) -> int:
    """The line's share of the group's result; adds a step that says who got the left-over units."""
    bases = [each.base for each in group]
    weights = bases if any(bases) else [each.goods for each in group]
    weights = weights if any(weights) else [1] * len(group)
    shares = allocate(total, weights)
    place = next(place for place, each in enumerate(group) if each is line)
    whole = sum(weights)
    extra = [
        each.line_id
        for each, share, weight in zip(group, shares, weights, strict=True)
        if share > total * weight // whole
    ]
    to_zh = f"，零头各 1 归行 {'、'.join(map(str, extra))}" if extra else "，无零头"
    to_en = (
        f"; one left-over unit each to line {', '.join(map(str, extra))}" if extra else "; nothing left over"
    )
    steps.append(
        Step(
            "share",
            {
                "total": total,
                "weight": weights[place],
                "weights": whole,
                "remainder": f"{total * weights[place] % whole}/{whole}",
                "left_over_to": extra,
                "shares": {str(each.line_id): share for each, share in zip(group, shares, strict=True)},
            },
            f"{show(total)} 按 {weights[place]}/{whole} 分摊，本行得 {show(shares[place])}{to_zh}",
            f"{show(total)} shared by {weights[place]}/{whole}: this line has {show(shares[place])}{to_en}",
        )
    )
    return shares[place]
