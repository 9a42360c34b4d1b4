"""The words of explanations, 中文 and English, in pairs."""

from __future__ import annotations

from typing import Final

from zhanggui.money.rounding import RoundingMode
from zhanggui.settlement.fees.rules.document import FEE_BASE, TierBy

_BASES: Final = {
    "goods": ("商品金额", "goods"),
    "goods_paid": ("商品实付", "goods paid"),
    "goods_net_shop": ("商品金额减店铺优惠", "goods less shop discount"),
    "freight": ("运费", "freight"),
    "paid": ("商品与运费实付", "goods and freight paid"),
    "tax": ("税额", "tax"),
    "quantity": ("件数", "units"),
}
_ROUNDINGS: Final = {
    RoundingMode.HALF_EVEN: ("四舍六入五成双", "half to even"),
    RoundingMode.HALF_UP: ("四舍五入", "half up"),
    RoundingMode.DOWN: ("舍尾", "down"),
    RoundingMode.UP: ("进位", "up"),
    RoundingMode.FLOOR: ("向下取整", "to the floor"),
    RoundingMode.CEILING: ("向上取整", "to the ceiling"),
}
_CHOOSERS: Final = {
    TierBy.LINE_AMOUNT: ("金额", "The amount"),
    TierBy.CUMULATIVE_SALES: ("期内此前累计销售额", "Earlier sales of the period, together"),
}


def base(name: str) -> tuple[str, str]:
    """A named base, or the result of a fee."""
    if name.startswith(FEE_BASE):
        fee = name.removeprefix(FEE_BASE)
        return f"费用 {fee}", f"fee {fee}"
    return _BASES[name]


def rounding(mode: RoundingMode) -> tuple[str, str]:
    """How it was rounded."""
    return _ROUNDINGS[mode]


def chooser(by: TierBy) -> tuple[str, str]:
    """What chose a tier."""
    return _CHOOSERS[by]


def millionths(value: int) -> str:
    """Millionths of a minor unit as an exact decimal text: 1_500_000 is "1.5"."""
    whole, rest = divmod(abs(value), 1_000_000)
    decimals = f".{rest:06d}".rstrip("0") if rest else ""
    return f"{'-' if value < 0 else ''}{whole}{decimals}"
