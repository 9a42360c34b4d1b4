"""`Money`: integer minor units that only meet their own currency."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import numpy as np
import pytest

from zhanggui.money import Money
from zhanggui.money.errors import CurrencyMismatch, FloatRefused, NotAnInteger, Refusal, UnknownCurrency


def yuan(text: str) -> Money:
    return Money.parse(text, "CNY")


class TestMoney:
    def test_adds_subtracts_and_multiplies_within_a_currency(self):
        assert yuan("12.30") + yuan("0.04") == Money(1234, "CNY")
        assert yuan("1.00") - yuan("1.01") == Money(-1, "CNY")
        assert yuan("1.25") * 3 == 3 * yuan("1.25") == yuan("3.75")
        assert -yuan("1.00") == yuan("-1.00")
        assert abs(yuan("-1.00")) == yuan("1.00")

    def test_refuses_to_meet_another_currency(self):
        for act in (
            lambda: yuan("1") + Money(1, "PTS"),
            lambda: yuan("1") - Money(1, "USD"),
            lambda: yuan("1") < Money(1, "USD"),
            lambda: Money.total([yuan("1")], "USD"),
        ):
            with pytest.raises(CurrencyMismatch) as refused:
                act()
            assert refused.value.code == "currency_mismatch"

    def test_is_equal_only_in_the_same_currency(self):
        assert Money(1, "CNY") != Money(1, "USD")
        assert len({Money(1, "CNY"), Money(1, "CNY"), Money(1, "PTS")}) == 2

    def test_compares_by_value(self):
        assert yuan("1") < yuan("2") <= yuan("2") and yuan("3") > yuan("2") >= yuan("2")
        assert max(yuan("1"), yuan("3"), yuan("2")) == yuan("3")

    def test_is_false_when_zero(self):
        assert not Money.zero("CNY") and yuan("-0.01")

    def test_sums_any_number_of_amounts(self):
        assert Money.total([], "CNY") == Money.zero("CNY")
        assert Money.total([yuan("0.10")] * 3, "CNY") == yuan("0.30")

    def test_shows_itself(self):
        amount = Money(-123456, "CNY")
        assert (amount.plain(), amount.grouped(), str(amount)) == ("-1234.56", "-1,234.56", "CNY -1234.56")

    def test_refuses_floats_and_unknown_currencies(self):
        with pytest.raises(FloatRefused):
            Money(1.0, "CNY")
        with pytest.raises(FloatRefused):
            yuan("1") * 0.5
        for value in (Decimal(1), "1", True, None):
            with pytest.raises(NotAnInteger):
                Money(value, "CNY")
        for code in ("RMB", "", "cny", None):
            with pytest.raises(UnknownCurrency):
                Money(1, code)

    def test_refuses_bare_numbers(self):
        with pytest.raises(TypeError):
            yuan("1") + 1

    def test_keeps_a_plain_integer_from_numpy(self):
        assert type(Money(np.int64(5), "CNY").minor) is int

    def test_never_changes(self):
        with pytest.raises(dataclasses.FrozenInstanceError):
            yuan("1").minor = 5


class TestRefusal:
    def test_carries_message_code_details_and_status(self):
        refusal = CurrencyMismatch("two currencies", left="CNY 1.00")
        assert isinstance(refusal, Refusal)
        assert (refusal.message, str(refusal)) == ("two currencies", "two currencies")
        assert (refusal.code, refusal.http_status) == ("currency_mismatch", 422)
        assert refusal.details == {"left": "CNY 1.00"}
