"""Rounding a ratio to an integer: what each mode means, and that it is exact."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.money.rounding import NUMBERS, RoundingMode, round_ratio

SYMMETRIC = (RoundingMode.HALF_EVEN, RoundingMode.HALF_UP, RoundingMode.DOWN, RoundingMode.UP)
integers = st.integers(-(10**40), 10**40)
denominators = integers.filter(bool)
modes = st.sampled_from(RoundingMode)


class TestRoundRatio:
    @pytest.mark.parametrize(
        ("tenths", "half_even", "half_up", "down", "up", "floor", "ceiling"),
        [
            # tenths of a cent  HE  HU  DN  UP  FL  CE
            (20, 2, 2, 2, 2, 2, 2),
            (21, 2, 2, 2, 3, 2, 3),
            (25, 2, 3, 2, 3, 2, 3),
            (35, 4, 4, 3, 4, 3, 4),
            (36, 4, 4, 3, 4, 3, 4),
            (0, 0, 0, 0, 0, 0, 0),
            (5, 0, 1, 0, 1, 0, 1),
            (-5, 0, -1, 0, -1, -1, 0),
            (-21, -2, -2, -2, -3, -3, -2),
            (-25, -2, -3, -2, -3, -3, -2),
            (-35, -4, -4, -3, -4, -4, -3),
        ],
    )
    def test_follows_the_table_of_modes(self, tenths, half_even, half_up, down, up, floor, ceiling):
        rounded = {mode: round_ratio(tenths, 10, mode) for mode in RoundingMode}
        assert rounded == {
            RoundingMode.HALF_EVEN: half_even,
            RoundingMode.HALF_UP: half_up,
            RoundingMode.DOWN: down,
            RoundingMode.UP: up,
            RoundingMode.FLOOR: floor,
            RoundingMode.CEILING: ceiling,
        }

    @given(integers, denominators)
    def test_half_even_agrees_with_exact_fractions(self, numerator, denominator):
        # Python's round of a Fraction is exact and half-even by its documentation.
        expected = round(Fraction(numerator, denominator))
        assert round_ratio(numerator, denominator, RoundingMode.HALF_EVEN) == expected

    @given(integers, denominators, modes)
    def test_is_off_by_less_than_one_and_exact_where_it_divides(self, numerator, denominator, mode):
        error = round_ratio(numerator, denominator, mode) - Fraction(numerator, denominator)
        assert abs(error) < 1
        assert round_ratio(numerator * denominator, denominator, mode) == numerator

    @given(integers, denominators, st.sampled_from(SYMMETRIC))
    def test_treats_a_reversal_as_its_original(self, numerator, denominator, mode):
        assert round_ratio(-numerator, denominator, mode) == -round_ratio(numerator, denominator, mode)
        assert round_ratio(numerator, -denominator, mode) == -round_ratio(numerator, denominator, mode)

    @given(integers, denominators)
    def test_floor_and_ceiling_are_about_direction(self, numerator, denominator):
        exact = Fraction(numerator, denominator)
        assert round_ratio(numerator, denominator, RoundingMode.FLOOR) <= exact
        assert round_ratio(numerator, denominator, RoundingMode.CEILING) >= exact

    def test_refuses_to_divide_by_zero(self):
        with pytest.raises(ZeroDivisionError):
            round_ratio(1, 0, RoundingMode.DOWN)


class TestNumbers:
    def test_are_stored_in_columns_and_therefore_never_change(self):
        assert {mode.value: mode.number for mode in RoundingMode} == {
            "half_even": 0,
            "half_up": 1,
            "down": 2,
            "up": 3,
            "floor": 4,
            "ceiling": 5,
        }

    @pytest.mark.parametrize("mode", RoundingMode)
    def test_lead_back_to_their_mode(self, mode):
        assert RoundingMode.from_number(NUMBERS[mode]) is mode

    def test_of_no_mode_are_refused(self):
        with pytest.raises(ValueError, match="no rounding mode"):
            RoundingMode.from_number(6)
