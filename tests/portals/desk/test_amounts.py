"""Amounts on a screen: exact, grouped, signed, and the same in every language."""

import pytest
from django.template import Context, Template
from django.utils import translation

from zhanggui.money.errors import FloatRefused
from zhanggui.portals.desk.amounts import decimal_text, format_money, format_rate, parse_amount


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (0, "CNY", "0.00"),
        (5, "CNY", "0.05"),
        (-5, "CNY", "-0.05"),
        (123456, "CNY", "1,234.56"),
        (-123456789012345678, "CNY", "-1,234,567,890,123,456.78"),
        (1234, "JPY", "1,234"),
        (1234567, "KWD", "1,234.567"),
        (1000, "PTS", "1,000"),
    ],
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_amount_is_written_alike_in_every_language(
    minor: int, currency: str, text: str, language: str
) -> None:
    with translation.override(language):
        assert format_money(minor, currency) == text
        shown = Template("{% load desk %}{{ x|money:c }}").render(Context({"x": minor, "c": currency}))
    css = "money neg" if minor < 0 else "money"
    assert shown == f'<span class="{css}">{text}</span>'


def test_a_float_is_refused() -> None:
    with pytest.raises(FloatRefused):
        format_money(1.5, "CNY")  # type: ignore[arg-type]


def test_a_plus_is_written_when_asked_for() -> None:
    assert format_money(1, "CNY", signed=True) == "+0.01"
    assert format_money(0, "CNY", signed=True) == "0.00"
    assert format_money(-1, "CNY", signed=True) == "-0.01"


def test_files_get_no_grouping() -> None:
    assert decimal_text(-123456, "CNY") == "-1234.56"


@pytest.mark.parametrize(
    ("ppm", "text"), [(50_000, "5%"), (6_125, "0.6125%"), (0, "0%"), (-100, "-0.01%"), (1_000_000, "100%")]
)
def test_a_rate_is_the_shortest_exact_percentage(ppm: int, text: str) -> None:
    assert format_rate(ppm) == text


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1,234.56", 123456),
        ("¥12", 1200),
        ("-3.5", -350),
        ("1.500", 150),
        ("1.005", None),
        ("abc", None),
        ("", None),
        ("1e5", None),
        ("99999999999999999999999", None),
    ],
)
def test_typed_amounts_are_read_exactly_or_not_at_all(text: str, minor: int | None) -> None:
    assert parse_amount(text, "CNY") == minor
