"""Rates: exact parts per million."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.money.errors import FloatRefused, InvalidRate, NotAnInteger
from zhanggui.money.rates import LARGEST_PPM, Rate, apply, format_rate, parse_rate
from zhanggui.money.rounding import RoundingMode


class TestParseRate:
    @pytest.mark.parametrize(
        ("text", "ppm"),
        [
            ("5%", 50_000),
            ("0.6%", 6_000),
            ("0.38 %", 3_800),
            ("5％", 50_000),
            ("6‰", 6_000),
            ("6000ppm", 6_000),
            ("0%", 0),
            ("100%", 1_000_000),
            ("0.0001%", 1),
            ("5.00000%", 50_000),
            (50_000, 50_000),
        ],
    )
    def test_reads_a_rate_with_its_unit(self, text, ppm):
        assert parse_rate(text) == ppm
        assert Rate.parse(str(Rate(ppm))) == Rate(ppm)

    @pytest.mark.parametrize(
        "text",
        ["0.05", "5", "", "%", "five%", "NaN%", "-5%", "0.00001%", "0.5ppm", "1,5%", "10000.0001%", -1],
    )
    def test_refuses_what_is_no_exact_rate(self, text):
        with pytest.raises(InvalidRate):
            parse_rate(text)

    def test_says_that_the_unit_is_missing(self):
        with pytest.raises(InvalidRate, match="has no unit; write 5%"):
            parse_rate("0.05")

    def test_refuses_floats(self):
        with pytest.raises(FloatRefused):
            parse_rate(0.05)
        with pytest.raises(NotAnInteger):
            Rate(None)


class TestFormatRate:
    @pytest.mark.parametrize(("ppm", "text"), [(50_000, "5%"), (6_000, "0.6%"), (1, "0.0001%"), (0, "0%")])
    def test_writes_no_more_decimals_than_needed(self, ppm, text):
        assert format_rate(ppm) == text

    @given(st.integers(0, LARGEST_PPM))
    def test_is_read_back_to_the_same_rate(self, ppm):
        assert parse_rate(format_rate(ppm)) == ppm


class TestApply:
    @pytest.mark.parametrize(
        ("minor", "rate", "mode", "fee"),
        [
            (10_000, "5%", RoundingMode.HALF_UP, 500),
            (9_990, "0.6%", RoundingMode.HALF_UP, 60),  # 59.94
            (250, "1%", RoundingMode.HALF_EVEN, 2),  # 2.5
            (250, "1%", RoundingMode.HALF_UP, 3),
            (-250, "1%", RoundingMode.HALF_UP, -3),
            (99, "1%", RoundingMode.DOWN, 0),
            (1, "0.0001%", RoundingMode.UP, 1),
        ],
    )
    def test_rounds_once(self, minor, rate, mode, fee):
        assert apply(minor, parse_rate(rate), mode) == Rate.parse(rate).of(minor, mode) == fee

    @given(st.integers(-(2**70), 2**70), st.integers(0, LARGEST_PPM))
    def test_is_exact_at_any_size(self, minor, ppm):
        assert apply(minor, ppm, RoundingMode.HALF_EVEN) == round(Fraction(minor * ppm, 1_000_000))

    def test_refuses_floats(self):
        with pytest.raises(FloatRefused):
            apply(100.0, 5, RoundingMode.DOWN)
        with pytest.raises(FloatRefused):
            apply(100, 0.05, RoundingMode.DOWN)
