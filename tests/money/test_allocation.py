"""Sharing: nothing is lost or made, nobody is off by a unit, and the last step clears."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zhanggui.money.allocation import allocate, allocate_cumulative
from zhanggui.money.errors import AllocationImpossible, FloatRefused, NotAnInteger

totals = st.integers(-(10**25), 10**25)
weight_lists = st.lists(st.integers(0, 10**20) | st.integers(0, 3), min_size=1, max_size=12)


class TestAllocate:
    @pytest.mark.parametrize(
        ("total", "weights", "shares"),
        [
            (100, [1, 1, 1], [34, 33, 33]),
            (1000, [3333, 3333, 3334], [333, 333, 334]),
            (-100, [1, 1, 1], [-34, -33, -33]),
            (5, [0, 1, 0], [0, 5, 0]),
            (10, [0, 0, 0], [4, 3, 3]),  # no weight at all: equal shares
            (2, [1, 1, 1, 1], [1, 1, 0, 0]),  # ties go to the earlier share
            (1, [1, 2, 2], [0, 1, 0]),
            (0, [], []),
            (0, [5, 5], [0, 0]),
            (7, [9], [7]),
        ],
    )
    def test_gives_left_over_units_to_the_largest_remainders(self, total, weights, shares):
        assert allocate(total, weights) == shares

    @given(totals, weight_lists)
    def test_preserves_the_total(self, total, weights):
        assert sum(allocate(total, weights)) == total

    @given(totals, weight_lists)
    def test_leaves_nobody_off_by_a_whole_unit(self, total, weights):
        assume(any(weights))
        for share, weight in zip(allocate(total, weights), weights, strict=True):
            assert abs(share - Fraction(total * weight, sum(weights))) < 1
            assert share * total >= 0  # nobody pays towards what others receive
            assert weight or not share

    @given(totals, weight_lists)
    def test_mirrors_a_reversal(self, total, weights):
        assert allocate(-total, weights) == [-share for share in allocate(total, weights)]

    @given(totals, weight_lists, st.randoms(use_true_random=False))
    def test_does_not_depend_on_order_but_for_ties(self, total, weights, random):
        order = list(range(len(weights)))
        random.shuffle(order)
        shares = allocate(total, weights)
        shuffled = allocate(total, [weights[place] for place in order])
        by_weight = sorted(zip(weights, shares, strict=True))
        # Equal weights may swap their units; what each weight class receives may not change...
        assert sorted(shuffled) == sorted(shares) or _has_tie(total, weights)
        if not _has_tie(total, weights):
            assert sorted(zip([weights[place] for place in order], shuffled, strict=True)) == by_weight

    @given(totals, weight_lists, st.integers(1, 1000))
    def test_depends_on_proportions_only(self, total, weights, factor):
        assert allocate(total, [weight * factor for weight in weights]) == allocate(total, weights)

    def test_refuses_the_impossible(self):
        with pytest.raises(AllocationImpossible, match="nobody to share"):
            allocate(1, [])
        with pytest.raises(AllocationImpossible, match="Weight 1 is -2"):
            allocate(1, [3, -2])
        with pytest.raises(FloatRefused):
            allocate(1, [0.5, 0.5])
        with pytest.raises(FloatRefused):
            allocate(1.0, [1])
        with pytest.raises(NotAnInteger):
            allocate(1, [True])


def _has_tie(total: int, weights: list[int]) -> bool:
    """Whether two different weights have the same remainder, so that position decides between them."""
    whole = sum(weights)
    if not whole:
        return False
    remainders = {weight: abs(total) * weight % whole for weight in weights}
    return len(set(remainders.values())) < len(remainders)


class TestAllocateCumulative:
    def test_clears_a_hundred_over_three_units(self):
        assert [allocate_cumulative(100, done, 3, 1) for done in range(3)] == [33, 34, 33]

    def test_clears_a_negative_amount_alike(self):
        assert [allocate_cumulative(-100, done, 3, 1) for done in range(3)] == [-33, -34, -33]

    def test_gives_everything_at_once(self):
        assert allocate_cumulative(99, 0, 7, 7) == 99

    def test_rounds_ties_to_even(self):
        assert [allocate_cumulative(1, done, 2, 1) for done in range(2)] == [0, 1]
        assert [allocate_cumulative(3, done, 2, 1) for done in range(2)] == [2, 1]

    @given(totals, st.lists(st.integers(0, 10**15), min_size=1, max_size=12))
    def test_is_exact_over_any_sequence_of_steps(self, total, steps):
        whole = sum(steps)
        assume(whole > 0)
        done, pieces = 0, []
        for step in steps:
            pieces.append(allocate_cumulative(total, done, whole, step))
            done += step
            # What came back so far is the exact part, rounded once: errors never pile up.
            assert sum(pieces) == round(Fraction(total * done, whole))
        assert sum(pieces) == total
        assert all(piece * total >= 0 for piece in pieces)

    @given(totals, st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
    def test_does_not_depend_on_how_a_step_is_cut(self, total, done, first, second):
        whole = done + first + second + 1
        at_once = allocate_cumulative(total, done, whole, first + second)
        in_two = allocate_cumulative(total, done, whole, first)
        in_two += allocate_cumulative(total, done + first, whole, second)
        assert at_once == in_two

    @pytest.mark.parametrize(
        ("done", "whole", "step"), [(0, 0, 0), (0, -1, 0), (-1, 3, 1), (2, 3, 2), (1, 3, -1)]
    )
    def test_refuses_steps_that_cannot_be(self, done, whole, step):
        with pytest.raises(AllocationImpossible):
            allocate_cumulative(100, done, whole, step)

    def test_refuses_floats(self):
        with pytest.raises(FloatRefused):
            allocate_cumulative(100, 0, 3, 1.0)
