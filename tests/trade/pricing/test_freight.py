"""Freight by a template, and its share on each line."""

from hypothesis import given
from hypothesis import strategies as st

from zhanggui.trade.pricing.rules.freight import (
    PIECE,
    WEIGHT,
    FreightStep,
    FreightTerms,
    Load,
    freight_amount,
    freight_of_order,
    share_freight,
    step_for,
)
from zhanggui.trade.pricing.rules.prices import unit_price

EVERYWHERE = FreightStep((), 1, 800, 1, 200)
FAR = FreightStep(("xinjiang", "tibet"), 1, 2000, 1, 1500)
BY_PIECE = FreightTerms(PIECE, 0, (FAR, EVERYWHERE))
BY_WEIGHT = FreightTerms(WEIGHT, 9900, (FreightStep((), 1000, 1000, 500, 300),))


def load(goods: int = 1000, quantity: int = 1, grams: int = 0, template: int = 1) -> Load:
    return Load(template, quantity, grams, goods)


class TestUnitPrice:
    def test_is_the_member_price_for_a_member_where_there_is_one(self) -> None:
        assert unit_price(price_minor=1000, member_minor=900, member=True) == 900
        assert unit_price(price_minor=1000, member_minor=0, member=True) == 1000
        assert unit_price(price_minor=1000, member_minor=900, member=False) == 1000


class TestStepFor:
    def test_prefers_the_step_that_names_the_region(self) -> None:
        assert step_for(BY_PIECE, "tibet") is FAR
        assert step_for(BY_PIECE, "shanghai") is EVERYWHERE

    def test_sends_nowhere_else_without_a_step_for_everywhere(self) -> None:
        only_far = FreightTerms(PIECE, 0, (FAR,))
        assert step_for(only_far, "shanghai") is None
        assert step_for(only_far, "") is FAR, "a region not known yet is refused nothing"
        assert step_for(FreightTerms(PIECE, 0, ()), "") is None


class TestFreightAmount:
    def test_counts_the_first_pieces_and_each_one_more(self) -> None:
        assert freight_amount(BY_PIECE, EVERYWHERE, [load(quantity=1)]) == 800
        assert freight_amount(BY_PIECE, EVERYWHERE, [load(quantity=2), load(quantity=1)]) == 800 + 2 * 200

    def test_counts_every_started_bundle_of_grams(self) -> None:
        step = BY_WEIGHT.steps[0]
        assert freight_amount(BY_WEIGHT, step, [load(grams=1000)]) == 1000
        assert freight_amount(BY_WEIGHT, step, [load(grams=1001)]) == 1300
        assert freight_amount(BY_WEIGHT, step, [load(grams=500, quantity=3)]) == 1300
        assert freight_amount(BY_WEIGHT, step, [load(grams=0)]) == 1000, "what weighs nothing is sent too"

    def test_is_nothing_from_the_bound_on(self) -> None:
        step = BY_WEIGHT.steps[0]
        assert freight_amount(BY_WEIGHT, step, [load(9899, grams=1)]) == 1000
        assert freight_amount(BY_WEIGHT, step, [load(5000, grams=1), load(4900, grams=1)]) == 0
        assert freight_amount(BY_WEIGHT, step, []) == 0


class TestFreightOfOrder:
    def test_keeps_the_lines_of_each_template_apart(self) -> None:
        loads = [load(3000), load(1000, template=2, grams=1001), load(1000), load(500, template=0)]
        freight = freight_of_order(loads, terms={1: BY_PIECE, 2: BY_WEIGHT}, region="shanghai")
        assert freight == [750, 1300, 250, 0], "1000 over 3000:1000, 1300 alone, free"

    def test_says_what_is_not_sent_there(self) -> None:
        terms = {1: FreightTerms(PIECE, 0, (FAR,))}
        assert freight_of_order([load(), load(template=7)], terms=terms, region="shanghai") == [None, None]

    @given(
        st.integers(0, 10**7),
        st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 99)), min_size=1, max_size=12),
    )
    def test_shares_sum_to_the_amount_and_nobody_is_negative(
        self, amount: int, lines: list[tuple[int, int]]
    ) -> None:
        shares = share_freight(amount, [load(goods, quantity) for goods, quantity in lines])
        assert sum(shares) == amount
        assert all(share >= 0 for share in shares)

    def test_shares_by_quantity_where_all_goods_cost_nothing(self) -> None:
        assert share_freight(900, [load(0, 2), load(0, 1)]) == [600, 300]
