"""What promotions take off each line: the fixed order, thresholds on what is left, who funds it, and properties."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from zhanggui.trade.promotions.rules.giving import funded_by_platform, give, taken
from zhanggui.trade.promotions.rules.terms import CouponTerms, Goods, SavingTerms, Scope
from zhanggui.trade.promotions.shapes import Share

SHOP_A, SHOP_B, PLATFORM = 1, 2, 0


def goods(sku: int, minor: int, shop: int = SHOP_A, category: str = "tea") -> Goods:
    return Goods((sku, 1), shop, minor, frozenset({category, "food"}), f"G{sku}")


def saving(
    code: str, shop: int, *steps: tuple[int, int], ppm: int = 0, categories: tuple[str, ...] = ()
) -> SavingTerms:
    return SavingTerms(code, Scope(shop, categories), steps, ppm)


def coupon(
    code: str, shop: int, *, off: int = 0, ppm_off: int = 0, most: int = 0, bound: int = 0, ppm: int = 0,
    categories: tuple[str, ...] = (), spus: tuple[str, ...] = (),
) -> CouponTerms:  # fmt: skip
    return CouponTerms(code, Scope(shop, categories, spus), off, ppm_off, most, bound, ppm)


def by_sku(shares: dict[tuple[int, ...], tuple[Share, ...]]) -> dict[int, list[tuple[str, int, int]]]:
    return {key[0]: [(one.source, one.amount_minor, one.platform_minor) for one in line]
            for key, line in shares.items()}  # fmt: skip


class TestOrder:
    def test_is_shop_saving_shop_coupon_platform_saving_platform_coupon(self) -> None:
        lines = [goods(1, 10_000), goods(2, 5_000, SHOP_B)]
        shares = give(
            lines,
            savings=[
                saving("all", PLATFORM, (10_000, 1_000), ppm=1_000_000),
                saving("a", SHOP_A, (10_000, 1_000)),
            ],
            coupons=[coupon("p", PLATFORM, off=500), coupon("s", SHOP_A, ppm_off=100_000)],
        )
        # A: 10000 - 1000 - 10 % of 9000 = 8100; platform: 13100 reaches 10000, 1000 by 8100:5000; then 500 by rest.
        assert [one.kind for one in shares[1, 1]] == [
            "shop_saving", "shop_coupon", "platform_saving", "platform_coupon",
        ]  # fmt: skip
        assert by_sku(shares) == {
            1: [("a", 1_000, 0), ("s", 900, 0), ("all", 618, 618), ("p", 309, 0)],
            2: [("all", 382, 382), ("p", 191, 0)],
        }

    def test_judges_a_threshold_on_what_earlier_steps_left(self) -> None:
        lines = [goods(1, 10_000)]
        rule = saving("a", SHOP_A, (10_000, 100))
        just = coupon("s", SHOP_A, off=500, bound=9_900)
        beyond = coupon("s", SHOP_A, off=500, bound=9_901)
        assert taken(give(lines, savings=[rule], coupons=[just])) == 600
        assert taken(give(lines, savings=[rule], coupons=[beyond])) == 100

    def test_counts_the_highest_step_once(self) -> None:
        rule = saving("a", SHOP_A, (5_000, 500), (9_000, 1_200))
        assert taken(give([goods(1, 9_000)], savings=[rule], coupons=[])) == 1_200
        assert taken(give([goods(1, 8_999)], savings=[rule], coupons=[])) == 500
        assert taken(give([goods(1, 4_999)], savings=[rule], coupons=[])) == 0

    def test_lets_a_line_count_for_one_rule_of_an_owner(self) -> None:
        lines = [goods(1, 5_000, category="tea"), goods(2, 5_000, category="cups")]
        everything = saving("z", SHOP_A, (10_000, 900))
        tea, cups = saving("tea", SHOP_A, (5_000, 600), categories=("tea",)), saving(
            "cups", SHOP_A, (5_000, 100), categories=("cups",))  # fmt: skip
        assert by_sku(give(lines, savings=[tea, cups], coupons=[])) == {
            1: [("tea", 600, 0)],
            2: [("cups", 100, 0)],
        }
        assert by_sku(give(lines, savings=[tea, cups, everything], coupons=[])) == {
            1: [("z", 450, 0)], 2: [("z", 450, 0)],
        }  # fmt: skip


class TestScope:
    def test_of_a_shop_takes_its_goods_alone(self) -> None:
        shares = give(
            [goods(1, 1_000), goods(2, 1_000, SHOP_B)], savings=[], coupons=[coupon("s", SHOP_A, off=300)]
        )
        assert by_sku(shares) == {1: [("s", 300, 0)], 2: []}

    def test_may_name_categories_of_either_level_and_goods(self) -> None:
        lines = [
            goods(1, 1_000, category="tea"),
            goods(2, 1_000, category="cups"),
            goods(3, 1_000, category="pots"),
        ]
        tea_or_pot = coupon("s", SHOP_A, off=300, categories=("tea",), spus=("G3",))
        assert by_sku(give(lines, savings=[], coupons=[tea_or_pot])) == {
            1: [("s", 150, 0)],
            2: [],
            3: [("s", 150, 0)],
        }
        assert (
            taken(give(lines, savings=[], coupons=[coupon("s", SHOP_A, off=300, categories=("food",))]))
            == 300
        )


class TestCoupon:
    def test_takes_a_percentage_rounded_down_up_to_its_most(self) -> None:
        assert coupon("c", SHOP_A, ppm_off=150_000).off(1_999) == 299
        assert coupon("c", SHOP_A, ppm_off=150_000, most=200).off(1_999) == 200

    def test_gives_what_the_goods_cost_at_most(self) -> None:
        lines = [goods(1, 100), goods(2, 30)]
        shares = give(lines, savings=[], coupons=[coupon("s", SHOP_A, off=500)])
        assert by_sku(shares) == {1: [("s", 100, 0)], 2: [("s", 30, 0)]}, "the rest of the 500 is not given"


class TestFunding:
    def test_rounds_the_shop_down_once_and_leaves_the_rest_to_the_platform(self) -> None:
        lines = [goods(1, 3_333), goods(2, 3_333), goods(3, 3_334, SHOP_B)]
        shares = give(lines, savings=[], coupons=[coupon("p", PLATFORM, off=100, ppm=700_000)])
        # 33, 33, 34: shop A funds 66 * 0.3 rounded down, 19, as 10 and 9; shop B 34 * 0.3 rounded down, 10.
        assert by_sku(shares) == {1: [("p", 33, 23)], 2: [("p", 33, 24)], 3: [("p", 34, 24)]}

    def test_of_a_shop_is_the_shops_whatever_the_rule_says(self) -> None:
        shares = give([goods(1, 1_000)], savings=[], coupons=[coupon("s", SHOP_A, off=100, ppm=1_000_000)])
        assert by_sku(shares) == {1: [("s", 100, 0)]}


MINOR = st.integers(0, 300_000)
PPM = st.integers(0, 1_000_000)
CATEGORIES = st.sampled_from([(), ("tea",), ("cups",)])
LINES = st.lists(
    st.builds(goods, st.just(0), MINOR, st.sampled_from([SHOP_A, SHOP_B, 3]), st.sampled_from(["tea", "cups"])),
    min_size=1, max_size=9,
).map(lambda lines: [Goods((place, 1), one.merchant_id, one.goods_minor, one.categories, f"G{place}")
                     for place, one in enumerate(lines)])  # fmt: skip
OWNERS = st.sampled_from([PLATFORM, SHOP_A, SHOP_B, 3])
STEPS = st.lists(st.tuples(MINOR, st.integers(1, 90_000)), min_size=1, max_size=3).map(sorted)
SAVINGS = st.lists(
    st.builds(lambda shop, steps, ppm, which: saving("", shop, *steps, ppm=ppm, categories=which),
              OWNERS, STEPS, PPM, CATEGORIES),
    max_size=4,
).map(lambda rules: [SavingTerms(f"rule-{place}", one.scope, one.steps, one.platform_ppm)
                     for place, one in enumerate(rules)])  # fmt: skip
COUPONS = st.dictionaries(
    OWNERS, st.tuples(st.booleans(), st.integers(1, 90_000), st.integers(1, 1_000_000), MINOR, MINOR, PPM, CATEGORIES)
).map(lambda owners: [
    coupon(f"coupon-{shop}", shop, off=off if fixed else 0, ppm_off=0 if fixed else parts, most=0 if fixed else most,
           bound=bound, ppm=ppm, categories=which)
    for shop, (fixed, off, parts, most, bound, ppm, which) in owners.items()
])  # fmt: skip


class TestAlways:
    @given(LINES, SAVINGS, COUPONS)
    def test_no_line_goes_below_zero_and_parts_stay_inside_shares(
        self, lines: list[Goods], savings: list[SavingTerms], coupons: list[CouponTerms]
    ) -> None:
        shares = give(lines, savings=savings, coupons=coupons)
        assert set(shares) == {line.key for line in lines}
        for line in lines:
            assert sum(one.amount_minor for one in shares[line.key]) <= line.goods_minor
            for one in shares[line.key]:
                assert one.amount_minor > 0
                assert 0 <= one.platform_minor <= one.amount_minor
                assert one.platform_minor == 0 or one.kind.startswith("platform")
            names = [(one.kind, one.source) for one in shares[line.key]]
            assert len(set(names)) == len(names)

    @given(LINES, SAVINGS, COUPONS)
    def test_what_a_promotion_gives_is_what_it_says_on_what_was_left(
        self, lines: list[Goods], savings: list[SavingTerms], coupons: list[CouponTerms]
    ) -> None:
        shares = give(lines, savings=savings, coupons=coupons)
        ranks = {"shop_saving": 0, "shop_coupon": 1, "platform_saving": 2, "platform_coupon": 3}
        for terms in coupons:
            kind = "shop_coupon" if terms.scope.merchant_id else "platform_coupon"
            mine = [line for line in lines if terms.scope.takes(line)]
            left = sum(
                line.goods_minor
                - sum(one.amount_minor for one in shares[line.key] if ranks[one.kind] < ranks[kind])
                for line in mine
            )
            given_ = sum(
                one.amount_minor for line in mine for one in shares[line.key]
                if (one.kind, one.source) == (kind, terms.code)
            )  # fmt: skip
            assert given_ == terms.off(left)

    @given(LINES, SAVINGS, COUPONS, st.integers(0, 2**32))
    def test_the_order_of_the_cart_changes_nothing(
        self, lines: list[Goods], savings: list[SavingTerms], coupons: list[CouponTerms], seed: int
    ) -> None:
        random = Random(seed)
        shuffled = [random.sample(rows, len(rows)) for rows in (lines, savings, coupons)]
        assert give(lines, savings=savings, coupons=coupons) == give(
            shuffled[0],
            savings=shuffled[1],
            coupons=shuffled[2],  # type: ignore[arg-type]
        )

    @given(st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from([1, 2])), max_size=9), PPM)
    def test_a_shop_funds_its_parts_rounded_down_once(self, rows: list[tuple[int, int]], ppm: int) -> None:
        shares, merchants = [share for share, _shop in rows], [shop for _share, shop in rows]
        platform = funded_by_platform(shares, merchants, platform_ppm=ppm)
        assert all(0 <= part <= share for part, share in zip(platform, shares, strict=True))
        for shop in (1, 2):
            mine = [place for place, other in enumerate(merchants) if other == shop]
            total = sum(shares[place] for place in mine)
            assert total - sum(platform[place] for place in mine) == total * (1_000_000 - ppm) // 1_000_000
