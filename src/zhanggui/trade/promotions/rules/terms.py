"""What a coupon or a spend-and-save rule promises, and what it is promised for. Amounts are minor units."""

from collections.abc import Sequence
from dataclasses import dataclass

from zhanggui.money.rounding import RoundingMode, round_ratio

MILLION = 1_000_000
PLATFORM = 0
"""The `merchant_id` of what is the platform's."""


@dataclass(frozen=True, slots=True)
class Goods:
    """One line as promotions see it. `key` tells lines apart and settles ties: of two equal remainders the line with
    the lower key gets the cent. `categories` are its category and the one above it."""

    key: tuple[int, ...]
    merchant_id: int
    goods_minor: int
    categories: frozenset[str]
    spu_number: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What goods a promotion is for. Empty tuples mean all; with both, goods have to be in one of the two."""

    merchant_id: int
    categories: tuple[str, ...] = ()
    spus: tuple[str, ...] = ()

    def takes(self, goods: Goods) -> bool:
        """Whether the goods count, and get a share."""
        if self.merchant_id not in (PLATFORM, goods.merchant_id):
            return False
        if not self.categories and not self.spus:
            return True
        return goods.spu_number in self.spus or any(code in goods.categories for code in self.categories)


@dataclass(frozen=True, slots=True)
class SavingTerms:
    """A spend-and-save rule: `steps` are (from, off), rising; the highest one reached counts once."""

    code: str
    scope: Scope
    steps: Sequence[tuple[int, int]]
    platform_ppm: int = 0

    def off(self, left_minor: int) -> int:
        """What it takes off eligible goods that still cost `left_minor`."""
        reached = [off for bound, off in self.steps if left_minor >= bound]
        return min(reached[-1], left_minor) if reached else 0


@dataclass(frozen=True, slots=True)
class CouponTerms:
    """A coupon: `amount_minor` off, or else `off_ppm` parts of a million off, at most `most_minor` if that is set."""

    code: str
    scope: Scope
    amount_minor: int = 0
    off_ppm: int = 0
    most_minor: int = 0
    from_minor: int = 0
    platform_ppm: int = 0

    def off(self, left_minor: int) -> int:
        """What it takes off eligible goods that still cost `left_minor`; a percentage is rounded down, once."""
        if left_minor < self.from_minor:
            return 0
        if self.amount_minor:
            return min(self.amount_minor, left_minor)
        off = round_ratio(left_minor * self.off_ppm, MILLION, RoundingMode.DOWN)
        return min(off, self.most_minor) if self.most_minor else off
