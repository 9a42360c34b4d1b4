"""From which warehouses goods leave."""

from hypothesis import given
from hypothesis import strategies as st

from zhanggui.trade.pricing.rules.sending import Need, Picked, choose_warehouses


class TestChooseWarehouses:
    def test_takes_the_one_that_sends_most_whole(self) -> None:
        needs = [Need(1, 1, 2), Need(2, 2, 1), Need(3, 3, 1)]
        stock = {(1, 10): 2, (1, 20): 5, (2, 20): 1, (3, 10): 9}
        picked, short = choose_warehouses(needs, stock)
        assert picked == [Picked(1, 10, 2), Picked(3, 10, 1), Picked(2, 20, 1)]
        assert short == {}

    def test_splits_what_no_warehouse_has_whole(self) -> None:
        picked, short = choose_warehouses([Need(1, 1, 5)], {(1, 10): 3, (1, 20): 4})
        assert picked == [Picked(1, 20, 4), Picked(1, 10, 1)]
        assert short == {}

    def test_says_how_many_there_are_of_a_short_one(self) -> None:
        assert choose_warehouses([Need(1, 1, 8), Need(2, 2, 1)], {(1, 10): 3, (1, 20): 4}) == (
            [],
            {1: 7, 2: 0},
        )

    def test_does_not_promise_the_last_one_twice(self) -> None:
        stock = {(1, 10): 1}
        picked, short = choose_warehouses([Need(5, 1, 1), Need(6, 1, 1)], stock)
        assert picked == [Picked(5, 10, 1)]
        assert short == {6: 0}
        assert choose_warehouses([Need(7, 1, 1)], stock) == ([], {7: 0}), "nor to another shop"

    @given(
        st.lists(st.tuples(st.integers(1, 4), st.integers(1, 6)), min_size=1, max_size=6),
        st.dictionaries(st.tuples(st.integers(1, 4), st.integers(1, 3)), st.integers(0, 8)),
        st.randoms(use_true_random=False),
    )
    def test_is_exact_never_oversold_and_the_same_in_any_order(
        self, wanted: list[tuple[int, int]], stock: dict[tuple[int, int], int], random: object
    ) -> None:
        needs = [Need(place, sku, quantity) for place, (sku, quantity) in enumerate(wanted)]
        left = dict(stock)
        picked, short = choose_warehouses(needs, left)
        for need in needs:
            got = sum(one.quantity for one in picked if one.key == need.key)
            assert got == (0 if need.key in short else need.quantity)
        assert all(amount >= 0 for amount in left.values())
        shuffled = list(needs)
        random.shuffle(shuffled)  # type: ignore[attr-defined]
        assert choose_warehouses(shuffled, dict(stock)) == (picked, short)
