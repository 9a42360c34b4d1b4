"""Which coupons a buyer uses: one of each shop and one of the platform, those that together take most off."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from zhanggui.trade.promotions.rules.giving import give, taken
from zhanggui.trade.promotions.rules.terms import CouponTerms, Goods, SavingTerms

MOST_TRIED = 256
"""So many combinations are tried one by one; beyond, coupons are changed one at a time while that takes more off."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A coupon that a buyer holds and could use."""

    held_id: int
    ends_before: datetime
    terms: CouponTerms


type Choice = tuple[Candidate | None, ...]
type Rank = tuple[int, int, list[tuple[datetime, int]]]


def best_coupons(
    goods: Sequence[Goods], *, savings: Sequence[SavingTerms], candidates: Sequence[Candidate]
) -> tuple[Candidate, ...]:
    """The coupons that together take most off; of equal choices the one with fewer coupons, then with those that end
    earlier, then those held longer. A coupon that gives nothing is not among them."""
    slots = _slots(goods, candidates)
    if not slots:
        return ()
    worth: dict[Choice, int] = {}

    def rank(choice: Choice) -> Rank:
        if choice not in worth:
            worth[choice] = taken(give(goods, savings=savings, coupons=[one.terms for one in choice if one]))
        used = [one for one in choice if one]
        return (-worth[choice], len(used), sorted((one.ends_before, one.held_id) for one in used))

    tries = 1
    for slot in slots:
        tries *= len(slot)
    if tries <= MOST_TRIED:
        best = min(product(*slots), key=rank)
    else:
        best = _climb(slots, rank)
    return tuple(sorted((one for one in best if one), key=lambda one: one.held_id))


def _slots(goods: Sequence[Goods], candidates: Sequence[Candidate]) -> list[tuple[Candidate | None, ...]]:
    """For each owner the coupons that fit some goods, or none; several of one coupon are the same choice."""
    slots: dict[int, dict[str, Candidate]] = {}
    for one in sorted(candidates, key=lambda one: one.held_id):
        if any(one.terms.scope.takes(line) for line in goods):
            slots.setdefault(one.terms.scope.merchant_id, {}).setdefault(one.terms.code, one)
    return [(None, *slots[owner].values()) for owner in sorted(slots, reverse=True)]


def _climb(slots: Sequence[Choice], rank: Callable[[Choice], Rank]) -> Choice:
    """From no coupon on, change one slot at a time to what ranks best, until nothing ranks better."""
    best: Choice = tuple(None for _slot in slots)
    while True:
        near = [
            (*best[:place], other, *best[place + 1 :]) for place, slot in enumerate(slots) for other in slot
        ]
        better = min(near, key=rank)
        if rank(better) >= rank(best):
            return best
        best = better


def unusable(
    goods: Sequence[Goods], *, savings: Sequence[SavingTerms], chosen: Sequence[Candidate]
) -> Mapping[int, int]:
    """The chosen coupons that give nothing, by held id, with what the goods they are for cost before promotions."""
    shares = give(goods, savings=savings, coupons=[one.terms for one in chosen])
    given = {share.source for line in shares.values() for share in line}
    return {
        one.held_id: sum(line.goods_minor for line in goods if one.terms.scope.takes(line))
        for one in chosen
        if one.terms.code not in given
    }
