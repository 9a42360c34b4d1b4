"""Numpy twins: equal to the scalars on every input, also where 64 bits would overflow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zhanggui.money import rates
from zhanggui.money.allocation import allocate, allocate_cumulative
from zhanggui.money.errors import AllocationImpossible, AmountTooLarge, FloatRefused, NotAnInteger
from zhanggui.money.rounding import RoundingMode, round_ratio
from zhanggui.money.vectors import (
    allocate_groups,
    apply_rate_array,
    as_integers,
    reverse_pieces,
    scale_array,
    sum_groups,
)

SMALLEST, LARGEST = -(2**63), 2**63 - 1
near_the_edge = st.sampled_from(
    [SMALLEST, SMALLEST + 1, LARGEST, LARGEST - 1, 2**62, -(2**62), 2**53 + 1, 2**32, 2**31 - 1, 3037000500]
)
int64s = st.integers(SMALLEST, LARGEST) | st.integers(-20, 20) | near_the_edge
naturals = int64s.map(lambda value: min(abs(value), LARGEST))
ppms = st.integers(0, 2_000_000) | st.sampled_from([0, 1, 1_000_000, 100_000_000])
modes = st.sampled_from(RoundingMode)


def fits(value: int) -> bool:
    return SMALLEST <= value <= LARGEST


class TestApplyRateArray:
    @given(st.lists(st.tuples(int64s, ppms, modes), max_size=12))
    def test_equals_the_scalar(self, rows):
        expected = [rates.apply(base, ppm, mode) for base, ppm, mode in rows]
        assume(all(map(fits, expected)))
        result = apply_rate_array(
            np.array([row[0] for row in rows], dtype=np.int64),
            np.array([row[1] for row in rows], dtype=np.int64),
            np.array([row[2].number for row in rows], dtype=np.int8),
        )
        assert result.tolist() == expected
        assert result.dtype == np.int64

    @given(st.lists(int64s, min_size=1, max_size=12), st.integers(0, 1_000_000), modes)
    def test_takes_one_rate_and_one_mode_for_all(self, base, ppm, mode):
        expected = [rates.apply(value, ppm, mode) for value in base]
        assert apply_rate_array(base, ppm, mode).tolist() == expected

    def test_leaves_its_input_alone(self):
        base = np.array([250, -250], dtype=np.int64)
        apply_rate_array(base, 1_000_000, RoundingMode.HALF_UP)
        assert base.tolist() == [250, -250]

    def test_names_the_place_of_a_result_beyond_64_bits(self):
        with pytest.raises(AmountTooLarge, match="at 1"):
            apply_rate_array([1, LARGEST], 2_000_000, RoundingMode.DOWN)

    def test_takes_a_table_of_fees(self):
        base = np.array([[100], [250]], dtype=np.int64)
        assert apply_rate_array(base, [10_000, 50_000], RoundingMode.HALF_UP).tolist() == [[1, 5], [3, 13]]

    def test_refuses_a_number_that_is_no_mode(self):
        with pytest.raises(ValueError, match="no rounding mode has the number at 1"):
            apply_rate_array([1, 2], 5, np.array([0, 6]))


class TestScaleArray:
    @given(st.lists(st.tuples(int64s, int64s, int64s.filter(bool), modes), max_size=12))
    def test_equals_the_scalar(self, rows):
        expected = [round_ratio(value * factor, divisor, mode) for value, factor, divisor, mode in rows]
        assume(all(map(fits, expected)))
        value, factor, divisor = (np.array([row[at] for row in rows], dtype=np.int64) for at in range(3))
        numbers = np.array([row[3].number for row in rows], dtype=np.int8)
        assert scale_array(value, factor, divisor, numbers).tolist() == expected

    @given(int64s, int64s, int64s.filter(bool), modes)
    def test_equals_the_scalar_on_single_numbers(self, value, factor, divisor, mode):
        expected = round_ratio(value * factor, divisor, mode)
        assume(fits(expected))
        assert scale_array(value, factor, divisor, mode).item() == expected

    def test_refuses_to_divide_by_zero(self):
        with pytest.raises(ZeroDivisionError, match="at 1"):
            scale_array([1, 1], 1, [1, 0], RoundingMode.DOWN)


group_lists = st.lists(st.tuples(int64s, st.lists(naturals | st.integers(0, 3), max_size=6)), max_size=6)


class TestAllocateGroups:
    @given(group_lists)
    def test_equals_the_scalar_group_by_group(self, groups):
        groups = [(total if weights else 0, weights) for total, weights in groups]
        starts = np.cumsum([0] + [len(weights) for _, weights in groups])[:-1]
        result = allocate_groups(
            np.array([total for total, _ in groups], dtype=np.int64),
            np.array([weight for _, weights in groups for weight in weights], dtype=np.int64),
            starts,
        )
        assert result.tolist() == [share for total, weights in groups for share in allocate(total, weights)]

    def test_reads_as_the_rule_says(self):
        totals = [100, -100, 10, 7]
        weights = [*(1, 1, 1), *(1, 1, 1), *(0, 0, 0), 9]
        shares = allocate_groups(totals, weights, [0, 3, 6, 9])
        assert shares.tolist() == [34, 33, 33, -34, -33, -33, 4, 3, 3, 7]

    def test_skips_empty_groups_that_share_nothing(self):
        assert allocate_groups([0, 5, 0], [2, 3], [0, 0, 2]).tolist() == [2, 3]
        assert allocate_groups([], [], []).tolist() == []

    def test_leaves_its_input_alone(self):
        weights = np.array([0, 0, LARGEST, LARGEST], dtype=np.int64)
        allocate_groups([3, 5], weights, [0, 2])
        assert weights.tolist() == [0, 0, LARGEST, LARGEST]

    def test_shares_a_large_batch_as_the_scalar_does(self):
        random = np.random.default_rng(20160904)
        sizes = random.integers(1, 9, 3_000)
        starts = np.cumsum(sizes) - sizes
        totals = random.integers(-50_000, 50_000, sizes.size)
        weights = random.integers(0, 40, sizes.sum())
        shares = allocate_groups(totals, weights, starts)
        expected = [
            share
            for total, start, size in zip(totals.tolist(), starts, sizes, strict=True)
            for share in allocate(total, weights[start : start + size].tolist())
        ]
        assert shares.tolist() == expected

    @pytest.mark.parametrize(
        ("totals", "weights", "starts", "message"),
        [
            ([1], [-1], [0], "weight at 0 is negative"),
            ([1, 1], [5], [0, 1], "group 1 has nobody"),
            ([1], [1, 2], [1], "do not cut up"),
            ([1, 1], [1, 2], [0, 3], "do not cut up"),
            ([1, 1, 1], [1, 2], [0, 2, 1], "do not cut up"),
            ([], [1], [], "do not cut up"),
            ([1, 2], [1], [0], "2 totals for 1 groups"),
        ],
    )
    def test_refuses_the_impossible(self, totals, weights, starts, message):
        with pytest.raises(AllocationImpossible, match=message):
            allocate_groups(totals, weights, starts)


class TestSumGroups:
    @given(st.lists(st.lists(int64s, max_size=5), max_size=5))
    def test_is_exact(self, groups):
        expected = [sum(group) for group in groups]
        assume(all(map(fits, expected)))
        starts = np.cumsum([0] + [len(group) for group in groups])[:-1]
        assert sum_groups([value for group in groups for value in group], starts).tolist() == expected

    def test_refuses_a_sum_beyond_64_bits(self):
        with pytest.raises(AmountTooLarge, match="group 1"):
            sum_groups([1, LARGEST, 1], [0, 1])


steps_of_a_whole = st.tuples(int64s, naturals, naturals, naturals).filter(
    lambda row: 0 < row[1] + row[2] + row[3] <= LARGEST
)


class TestReversePieces:
    @given(st.lists(steps_of_a_whole, max_size=10))
    def test_equals_the_scalar(self, rows):
        original, done, step, rest = (np.array([row[at] for row in rows], dtype=np.int64) for at in range(4))
        expected = [
            allocate_cumulative(amount, before, before + more + left, more)
            for amount, before, more, left in rows
        ]
        assert reverse_pieces(original, done, step, done + step + rest).tolist() == expected

    def test_clears_every_fee_of_a_line_over_three_refunds(self):
        fees = np.array([[10_000, -500, -61, 0]], dtype=np.int64)
        pieces = [reverse_pieces(fees, [[done]], [[1]], [[3]]) for done in range(3)]
        assert [piece[0].tolist() for piece in pieces] == [
            [3333, -167, -20, 0],
            [3334, -166, -21, 0],
            [3333, -167, -20, 0],
        ]
        assert sum(pieces).tolist() == fees.tolist()

    @pytest.mark.parametrize(
        ("done", "step", "whole", "message"),
        [
            ([0, 0], [1, 0], [1, 0], "whole at 1 is not positive"),
            ([0, 2], [1, 2], [3, 3], "step at 1 is negative or goes beyond"),
            ([0, -1], [1, 1], [3, 3], "step at 1 is negative or goes beyond"),
            ([0, 1], [1, -1], [3, 3], "step at 1 is negative or goes beyond"),
            ([LARGEST, 0], [LARGEST, 0], [LARGEST, 1], "step at 0"),
        ],
    )
    def test_refuses_steps_that_cannot_be(self, done, step, whole, message):
        with pytest.raises(AllocationImpossible, match=message):
            reverse_pieces([100, 100], done, step, whole)


class TestAsIntegers:
    def test_refuses_floats_booleans_and_texts(self):
        with pytest.raises(FloatRefused):
            as_integers([1.0, 2.0], "The amounts")
        for values in ([True], ["1"], [None], [object()]):
            with pytest.raises(NotAnInteger):
                as_integers(values, "The amounts")

    def test_refuses_what_64_bits_do_not_hold(self):
        with pytest.raises(AmountTooLarge):
            as_integers([2**63], "The amounts")
        with pytest.raises(AmountTooLarge):
            as_integers([2**70], "The amounts")

    def test_takes_narrower_integers_and_nothing_at_all(self):
        assert as_integers(np.array([1, 2], dtype=np.int16), "The amounts").dtype == np.int64
        assert as_integers([], "The amounts").dtype == np.int64
