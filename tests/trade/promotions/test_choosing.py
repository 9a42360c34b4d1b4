"""The coupons that together take most off."""

from datetime import UTC, datetime
from itertools import product

from hypothesis import given, settings

from tests.trade.promotions.test_giving import (
    COUPONS,
    LINES,
    PLATFORM,
    SAVINGS,
    SHOP_A,
    SHOP_B,
    coupon,
    goods,
    saving,
)
from zhanggui.trade.promotions.rules.choosing import Candidate, best_coupons, unusable
from zhanggui.trade.promotions.rules.giving import give, taken
from zhanggui.trade.promotions.rules.terms import CouponTerms, Goods, SavingTerms

LATER, SOON = datetime(2027, 6, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


def hold(held_id: int, terms: CouponTerms, ends: datetime = LATER) -> Candidate:
    return Candidate(held_id, ends, terms)


def chosen(lines: list[Goods], *candidates: Candidate, savings: list[SavingTerms] | None = None) -> list[int]:
    return [one.held_id for one in best_coupons(lines, savings=savings or [], candidates=candidates)]


class TestBestCoupons:
    def test_are_one_of_each_shop_and_one_of_the_platform(self) -> None:
        lines = [goods(1, 10_000), goods(2, 10_000, SHOP_B)]
        held = [
            hold(1, coupon("a-small", SHOP_A, off=500)), hold(2, coupon("a", SHOP_A, off=700)),
            hold(3, coupon("b", SHOP_B, off=100)), hold(4, coupon("p", PLATFORM, off=900)),
            hold(5, coupon("p-small", PLATFORM, off=800)), hold(6, coupon("c", 3, off=900)),
        ]  # fmt: skip
        assert chosen(lines, *held) == [2, 3, 4]

    def test_leave_one_out_that_would_cost_a_better_one(self) -> None:
        lines = [goods(1, 10_000)]
        held = [hold(1, coupon("a", SHOP_A, off=100)), hold(2, coupon("p", PLATFORM, off=900, bound=10_000))]
        assert chosen(lines, *held) == [2], "the shop's 100 would bring the goods below the platform's bound"

    def test_are_none_where_none_gives(self) -> None:
        assert chosen([goods(1, 500)], hold(1, coupon("a", SHOP_A, off=100, bound=501))) == []
        assert chosen([goods(1, 500)]) == []
        rule = saving("free", SHOP_A, (500, 500))
        assert chosen([goods(1, 500)], hold(1, coupon("a", SHOP_A, off=100)), savings=[rule]) == []

    def test_of_equal_worth_end_sooner_then_are_held_longer(self) -> None:
        lines = [goods(1, 10_000)]
        one, other = coupon("a", SHOP_A, off=500), coupon("b", SHOP_A, off=500)
        assert chosen(lines, hold(1, one), hold(2, other, SOON)) == [2]
        assert chosen(lines, hold(2, one), hold(1, other)) == [1]
        assert chosen(lines, hold(9, one), hold(4, one)) == [4]

    def test_are_found_among_very_many(self) -> None:
        lines = [goods(shop, 10_000, shop) for shop in range(1, 9)]
        held = [
            hold(shop * 10 + place, coupon(f"{shop}-{place}", shop, off=100 + place))
            for shop in range(1, 9) for place in range(4)
        ]  # fmt: skip
        held.append(hold(5, coupon("p", PLATFORM, off=1_000)))
        assert chosen(lines, *held) == [5, *(shop * 10 + 3 for shop in range(1, 9))]

    @settings(max_examples=40, deadline=None)
    @given(LINES, SAVINGS, COUPONS, COUPONS)
    def test_nothing_takes_more_off(
        self, lines: list[Goods], savings: list[SavingTerms], some: list[CouponTerms], more: list[CouponTerms]
    ) -> None:
        twice = [*some, *(CouponTerms(f"{one.code}-more", one.scope, one.amount_minor, one.off_ppm, one.most_minor,
                                      one.from_minor, one.platform_ppm) for one in more)]  # fmt: skip
        held = [hold(place, terms) for place, terms in enumerate(twice, start=1)]
        best = best_coupons(lines, savings=savings, candidates=held)
        assert not unusable(lines, savings=savings, chosen=best)
        got = taken(give(lines, savings=savings, coupons=[one.terms for one in best]))
        owners = sorted({one.scope.merchant_id for one in twice})
        slots = [[None, *(one for one in twice if one.scope.merchant_id == owner)] for owner in owners]
        for choice in product(*slots):
            assert taken(give(lines, savings=savings, coupons=[one for one in choice if one])) <= got
