"""What promotions take off each line, to the cent, always in this order:

1. spend-and-save of each shop, 2. one coupon of each shop, 3. spend-and-save of the platform, 4. one coupon of the
platform. A step sees what the earlier ones left: its threshold is judged on that, and its amount is shared by that
(largest remainder), so no line goes below zero and what one line cannot bear the others do. What is more than all
eligible goods still cost is not given.

Who funds a share: of what a promotion takes off the goods of one shop, the shop funds its part of a million,
rounded down once, shared over its lines by the shares; the platform funds the rest. Shops do not touch each other's
cents. See docs/decisions/0029.
"""

from collections.abc import Iterable, Mapping, Sequence

from zhanggui.money.allocation import allocate
from zhanggui.money.rounding import RoundingMode, round_ratio
from zhanggui.trade.promotions.rules.terms import MILLION, PLATFORM, CouponTerms, Goods, SavingTerms
from zhanggui.trade.promotions.shapes import Share

SHOP_SAVING = "shop_saving"
SHOP_COUPON = "shop_coupon"
PLATFORM_SAVING = "platform_saving"
PLATFORM_COUPON = "platform_coupon"

type Key = tuple[int, ...]
type Shares = dict[Key, tuple[Share, ...]]


class _Left:
    """What each line still costs, and the shares taken so far. Lines stand by key, whatever order they came in."""

    def __init__(self, goods: Iterable[Goods]) -> None:
        self.goods = sorted(goods, key=lambda line: line.key)
        self.minor = {line.key: line.goods_minor for line in self.goods}
        self.shares: dict[Key, list[Share]] = {line.key: [] for line in self.goods}

    def take(self, *, kind: str, terms: SavingTerms | CouponTerms, lines: Sequence[Goods]) -> None:
        """Take one promotion off its lines and remember who funds it."""
        left = [self.minor[line.key] for line in lines]
        off = terms.off(sum(left))
        shares = allocate(off, left) if off else [0] * len(lines)
        platform = funded_by_platform(
            shares, [line.merchant_id for line in lines], platform_ppm=_platform_ppm(terms)
        )
        for line, share, part in zip(lines, shares, platform, strict=True):
            if share:
                self.minor[line.key] -= share
                self.shares[line.key].append(Share(kind, terms.code, share, part))


def funded_by_platform(shares: Sequence[int], merchants: Sequence[int], *, platform_ppm: int) -> list[int]:
    """The platform's part of each share: all but what the shop of each line funds."""
    parts = list(shares)
    for merchant in dict.fromkeys(merchants):
        places = [place for place, other in enumerate(merchants) if other == merchant]
        mine = [shares[place] for place in places]
        funded = round_ratio(sum(mine) * (MILLION - platform_ppm), MILLION, RoundingMode.DOWN)
        for place, part in zip(places, allocate(funded, mine), strict=True):
            parts[place] -= part
    return parts


def give(goods: Iterable[Goods], *, savings: Sequence[SavingTerms], coupons: Sequence[CouponTerms]) -> Shares:
    """The shares of every line, in the order in which they were taken.

    `coupons` has at most one of each shop and one of the platform; whoever calls has seen to that. A coupon whose
    threshold is not reached gives nothing.
    """
    left = _Left(goods)
    shops = sorted({line.merchant_id for line in left.goods})
    for merchant in shops:
        _save(left, kind=SHOP_SAVING, rules=[rule for rule in savings if rule.scope.merchant_id == merchant])
    for merchant in shops:
        _use(left, kind=SHOP_COUPON, coupons=[one for one in coupons if one.scope.merchant_id == merchant])
    _save(left, kind=PLATFORM_SAVING, rules=[rule for rule in savings if rule.scope.merchant_id == PLATFORM])
    _use(left, kind=PLATFORM_COUPON, coupons=[one for one in coupons if one.scope.merchant_id == PLATFORM])
    return {key: tuple(shares) for key, shares in left.shares.items()}


def taken(shares: Mapping[Key, Sequence[Share]]) -> int:
    """All that is taken off."""
    return sum(share.amount_minor for line in shares.values() for share in line)


def _save(left: _Left, *, kind: str, rules: Sequence[SavingTerms]) -> None:
    """Spend-and-save rules of one owner: the one that saves most first, and a line counts for one of them only."""
    open_lines, open_rules = list(left.goods), list(rules)
    while open_rules:
        offers = []
        for rule in open_rules:
            lines = [line for line in open_lines if rule.scope.takes(line)]
            offers.append((-rule.off(sum(left.minor[line.key] for line in lines)), rule.code, rule, lines))
        saved, _code, rule, lines = min(offers, key=lambda offer: offer[:2])
        if not saved:
            return
        left.take(kind=kind, terms=rule, lines=lines)
        counted = {line.key for line in lines}
        open_lines = [line for line in open_lines if line.key not in counted]
        open_rules.remove(rule)


def _use(left: _Left, *, kind: str, coupons: Sequence[CouponTerms]) -> None:
    for coupon in coupons:
        left.take(kind=kind, terms=coupon, lines=[line for line in left.goods if coupon.scope.takes(line)])


def _platform_ppm(terms: SavingTerms | CouponTerms) -> int:
    """A shop's own promotions are the shop's to fund."""
    return terms.platform_ppm if terms.scope.merchant_id == PLATFORM else 0
