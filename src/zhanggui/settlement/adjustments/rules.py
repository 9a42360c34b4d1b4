"""What a rebate comes to: pure arithmetic over tiers. Amounts are minor units, rates parts per million."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zhanggui.money.rounding import RoundingMode, round_ratio
from zhanggui.settlement.adjustments.errors import UnreadableTiers

MILLION = 1_000_000
TIERS_MAX = 20


@dataclass(frozen=True)
class Tier:
    """From this much of sales on, this rate."""

    from_minor: int
    rate_ppm: int


@dataclass(frozen=True)
class Derived:
    """A rebate and how it came about: the part of the base under each tier, before and after the cap."""

    base_minor: int
    bands: tuple[tuple[Tier, int], ...]
    uncapped_minor: int
    total_minor: int

    def document(self, *, method: str, cap_minor: int) -> dict[str, Any]:
        """This method will return the derivation as JSON."""
        return {
            "method": method, "base_minor": self.base_minor, "cap_minor": cap_minor,
            "bands": [{"from_minor": tier.from_minor, "rate_ppm": tier.rate_ppm, "base_minor": part}
                      for tier, part in self.bands],
            "uncapped_minor": self.uncapped_minor, "total_minor": self.total_minor, "rounding": "half_even",
        }  # fmt: skip


def read_tiers(rows: Sequence[Any]) -> list[Tier]:
    """This function will read tiers from JSON. Raises UnreadableTiers naming the tier."""
    if not isinstance(rows, list | tuple) or not 1 <= len(rows) <= TIERS_MAX:
        raise UnreadableTiers(f"a rebate has 1 to {TIERS_MAX} tiers")
    tiers: list[Tier] = []
    for place, row in enumerate(rows, 1):
        first, rate = (row.get("from_minor"), row.get("rate_ppm")) if isinstance(row, dict) else (None, None)
        if type(first) is not int or type(rate) is not int:
            raise UnreadableTiers(f"tier {place} needs from_minor and rate_ppm as whole numbers")
        tier = Tier(first, rate)
        if not 0 <= tier.rate_ppm <= MILLION:
            raise UnreadableTiers(
                f"tier {place} gives {tier.rate_ppm} ppm; it must lie between 0 and 1000000"
            )
        if (tiers and tier.from_minor <= tiers[-1].from_minor) or (not tiers and tier.from_minor < 0):
            raise UnreadableTiers(
                f"tier {place} begins at {tier.from_minor}; tiers must rise from zero or more"
            )
        tiers.append(tier)
    return tiers


def rebate_of(base_minor: int, tiers: Sequence[Tier], *, method: str, cap_minor: int) -> Derived:
    """This function will return the rebate on a base: `graduated` gives each band its own rate, `whole` the
    rate of the highest tier reached on everything. One rounding, half to even; nothing on a base below zero."""
    base = max(0, base_minor)
    bands: tuple[tuple[Tier, int], ...]
    if method == "whole":
        reached = [tier for tier in tiers if base >= tier.from_minor and base > 0]
        bands = ((reached[-1], base),) if reached else ()
    else:
        ends = [*(tier.from_minor for tier in tiers[1:]), None]
        bands = tuple(
            (tier, (base if end is None else min(base, end)) - tier.from_minor)
            for tier, end in zip(tiers, ends, strict=True)
            if base > tier.from_minor
        )
    numerator = sum(part * tier.rate_ppm for tier, part in bands)
    uncapped = round_ratio(numerator, MILLION, RoundingMode.HALF_EVEN)
    return Derived(base_minor, bands, uncapped, min(uncapped, cap_minor))
