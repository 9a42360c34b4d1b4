"""Reading and writing decimal texts: exact, or refused with a reason."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.money.currencies import CURRENCIES
from zhanggui.money.decimals import format_grouped, format_plain, parse_decimal, parse_minor
from zhanggui.money.errors import (
    AmountTooLarge,
    FloatRefused,
    NotAnInteger,
    NotANumber,
    NotExactlyRepresentable,
    SeparatorRefused,
    UnknownCurrency,
)
from zhanggui.money.rounding import RoundingMode

stored = st.integers(-(2**63), 2**63 - 1)


class TestParseMinor:
    @pytest.mark.parametrize(
        ("text", "currency", "minor"),
        [
            ("12.34", "CNY", 1234),
            ("12", "CNY", 1200),
            ("12.3", "CNY", 1230),
            ("-0.05", "CNY", -5),
            ("+1.00", "CNY", 100),
            (".5", "CNY", 50),
            ("007.00", "CNY", 700),
            ("  8.10\t", "CNY", 810),
            ("1.50000", "CNY", 150),  # the WeChat bill prints fees with five decimals
            ("1200", "JPY", 1200),
            ("1200.00", "JPY", 1200),
            ("1.234", "KWD", 1234),
            ("300", "PTS", 300),
            ("-0.00", "CNY", 0),
            (Decimal("12.340"), "CNY", 1234),
            (Decimal("1E+3"), "CNY", 100_000),
            ("92233720368547758.07", "CNY", 2**63 - 1),
            ("-92233720368547758.08", "CNY", -(2**63)),
        ],
    )
    def test_reads_plain_decimals_exactly(self, text, currency, minor):
        assert parse_minor(text, currency) == minor

    @pytest.mark.parametrize("value", [12.34, 0.0, float("nan"), np.float64(1.5)])
    def test_refuses_floats(self, value):
        with pytest.raises(FloatRefused, match="float"):
            parse_minor(value, "CNY")

    @pytest.mark.parametrize(
        "text",
        [
            *("", "  ", "-", "+", ".", ",", "5.", "--1", "1.2.3", "1,2,x"),
            *("NaN", "nan", "inf", "one", "1e3", "0x10", "9" * 61),
            *("12.34 CNY", "¥12", "(1.00)", "−1.00", "１２", "٣"),
        ],
    )
    def test_refuses_what_is_not_a_plain_number(self, text):
        with pytest.raises(NotANumber):
            parse_minor(text, "CNY")

    @pytest.mark.parametrize(
        "value", [Decimal("NaN"), Decimal("Infinity"), Decimal("1e999999"), None, 12, b"1"]
    )
    def test_refuses_other_values(self, value):
        with pytest.raises(NotANumber):
            parse_minor(value, "CNY")

    @pytest.mark.parametrize(
        "text", ["1,234.56", "1,234", "0,50", "1 234.56", "1\u00a0234.56", "1'234", "1_000", "1，234.00"]
    )
    def test_refuses_separators_and_says_what_to_write(self, text):
        with pytest.raises(SeparatorRefused, match=r"1234\.56"):
            parse_minor(text, "CNY")

    def test_refuses_more_decimals_than_the_currency_has(self):
        with pytest.raises(NotExactlyRepresentable) as refused:
            parse_minor("1.005", "CNY")
        assert refused.value.code == "not_exactly_representable"
        assert refused.value.details == {"text": "1.005", "currency": "CNY", "exponent": 2}

    def test_rounds_them_where_a_mode_is_named(self):
        assert parse_minor("1.005", "CNY", rounding=RoundingMode.HALF_UP) == 101
        assert parse_minor("1.005", "CNY", rounding=RoundingMode.HALF_EVEN) == 100
        assert parse_minor("-1.005", "CNY", rounding=RoundingMode.HALF_UP) == -101
        assert parse_minor("0.00001", "CNY", rounding=RoundingMode.UP) == 1

    @pytest.mark.parametrize("text", ["92233720368547758.08", "-92233720368547758.09", "9" * 40])
    def test_refuses_what_the_database_cannot_hold(self, text):
        with pytest.raises(AmountTooLarge):
            parse_minor(text, "CNY")

    def test_refuses_unknown_currencies(self):
        with pytest.raises(UnknownCurrency, match="Did you mean CNY"):
            parse_minor("1", "cny")

    @given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
    def test_half_even_agrees_with_decimal_quantize(self, value):
        expected = int(value.quantize(Decimal("0.01"), rounding="ROUND_HALF_EVEN") * 100)
        assert parse_minor(str(value), "CNY", rounding=RoundingMode.HALF_EVEN) == expected


class TestFormat:
    @pytest.mark.parametrize(
        ("minor", "currency", "plain", "grouped"),
        [
            (123456, "CNY", "1234.56", "1,234.56"),
            (-123456, "CNY", "-1234.56", "-1,234.56"),
            (5, "CNY", "0.05", "0.05"),
            (-5, "CNY", "-0.05", "-0.05"),
            (0, "CNY", "0.00", "0.00"),
            (100_000_000, "CNY", "1000000.00", "1,000,000.00"),
            (1234567, "JPY", "1234567", "1,234,567"),
            (1234567, "KWD", "1234.567", "1,234.567"),
            (-1200, "PTS", "-1200", "-1,200"),
        ],
    )
    def test_writes_all_decimals_of_the_currency(self, minor, currency, plain, grouped):
        assert format_plain(minor, currency) == plain
        assert format_grouped(minor, currency) == grouped

    @given(stored, st.sampled_from(sorted(CURRENCIES)))
    def test_is_read_back_to_the_same_amount(self, minor, currency):
        assert parse_minor(format_plain(minor, currency), currency) == minor
        assert format_grouped(minor, currency).replace(",", "") == format_plain(minor, currency)

    def test_refuses_floats_and_other_types(self):
        with pytest.raises(FloatRefused):
            format_plain(1.0, "CNY")
        for value in ("1", None, True, Decimal(1)):
            with pytest.raises(NotAnInteger):
                format_grouped(value, "CNY")

    def test_takes_numpy_integers(self):
        assert format_plain(np.int64(-5), "CNY") == "-0.05"


class TestParseDecimal:
    def test_gives_digits_and_scale(self):
        assert parse_decimal("-1.50") == (-150, 2)
        assert parse_decimal("12") == (12, 0)


class TestCurrencies:
    def test_have_the_decimals_of_iso_4217(self):
        without_decimals = {code for code, entry in CURRENCIES.items() if entry.exponent == 0}
        with_three = {code for code, entry in CURRENCIES.items() if entry.exponent == 3}
        assert without_decimals == {"JPY", "KRW", "VND", "CLP", "ISK", "PTS"}
        assert with_three == {"KWD", "BHD", "OMR", "JOD", "TND"}

    def test_are_complete_in_both_languages(self):
        for code, entry in CURRENCIES.items():
            assert code == entry.code and len(code) == 3 and code.isupper()
            assert entry.symbol and entry.name_zh and entry.name_en
            assert entry.minor_per_major == 10**entry.exponent
