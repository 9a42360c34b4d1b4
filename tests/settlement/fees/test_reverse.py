"""Pieces of a return: by policy, exact over any sequence of steps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.money.errors import FloatRefused
from zhanggui.settlement.fees.rules.errors import ReversalImpossible
from zhanggui.settlement.fees.rules.reverse import ReversePolicy, reverse

AMOUNTS = st.one_of(st.integers(-1000, 1000), st.integers(-(10**15), 10**15))


def returned(amount, policy, steps, *, kept=0):
    """All pieces of a sequence of steps that reaches the whole."""
    done = np.cumsum([0, *steps[:-1]])
    return reverse(amount, policy, done, steps, sum(steps), kept=kept)


@given(AMOUNTS, st.lists(st.integers(0, 10**9), min_size=1, max_size=8).filter(any), st.integers(0, 500))
def test_sequences_return_exactly_what_the_policy_says(amount, steps, kept):
    sign = -1 if amount < 0 else 1
    ends = {
        ReversePolicy.NONE: 0,
        ReversePolicy.PRO_RATA: amount,
        ReversePolicy.FIXED: sign * max(abs(amount) - kept, 0),
        ReversePolicy.FULL_ONLY: amount,
        ReversePolicy.OWN_DOCUMENT: 0,
    }
    for policy, end in ends.items():
        pieces = returned(amount, policy, steps, kept=kept)
        assert pieces.sum() == end
        assert (pieces * sign >= 0).all()
        assert (np.abs(np.cumsum(pieces)) <= abs(amount)).all()


@given(AMOUNTS, st.integers(1, 10**6), st.data())
def test_however_a_return_is_cut_the_total_so_far_is_the_same(amount, whole, data):
    first = data.draw(st.integers(0, whole))
    second = data.draw(st.integers(0, whole - first))
    at_once = reverse(amount, 1, 0, first + second, whole)
    in_two = reverse(amount, 1, 0, first, whole) + reverse(amount, 1, first, second, whole)
    assert at_once == in_two


class TestPolicies:
    def test_pro_rata_over_single_pieces(self):
        assert returned(100, ReversePolicy.PRO_RATA, [1, 1, 1]).tolist() == [33, 34, 33]

    def test_fixed_keeps_the_handling_amount(self):
        assert returned(100, ReversePolicy.FIXED, [1, 1], kept=20).tolist() == [40, 40]
        assert returned(15, ReversePolicy.FIXED, [1, 1], kept=20).tolist() == [0, 0]

    def test_full_only_comes_back_with_the_last_piece(self):
        assert returned(100, ReversePolicy.FULL_ONLY, [1, 2, 1]).tolist() == [0, 0, 100]

    def test_full_only_comes_back_once(self):
        assert reverse(100, ReversePolicy.FULL_ONLY, 3, 0, 3) == 0

    def test_many_details_a_line_at_once(self):
        pieces = reverse([[100, 200, 300, 400, 500], [10, 20, 30, 40, 50]], [0, 1, 2, 3, 4], [[0], [1]], 1, 2)
        assert pieces.tolist() == [[0, 100, 150, 0, 0], [0, 10, 15, 40, 0]]


class TestRefuses:
    @pytest.mark.parametrize(
        ("arguments", "problem"),
        [
            ((100, 1, 2, 2, 3), "goes beyond what is left"),
            ((100, 1, 0, 1, 0), "not positive"),
            ((100, 1, 0, -1, 3), "negative"),
            ((100, 5, 0, 1, 3), "no reverse policy 5"),
        ],
    )
    def test_what_cannot_be(self, arguments, problem):
        with pytest.raises(ReversalImpossible, match=problem):
            reverse(*arguments)

    def test_floats(self):
        with pytest.raises(FloatRefused):
            reverse([1.5], 1, 0, 1, 1)

    def test_a_negative_kept_amount(self):
        with pytest.raises(ReversalImpossible, match="negative"):
            reverse(100, 2, 0, 1, 1, kept=-1)
