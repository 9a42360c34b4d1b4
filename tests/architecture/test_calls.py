"""Calls that would break a promise, and that no import contract can see."""

import ast

from tests.architecture.sources import MONEY_BANDS, PACKAGE, band_of, called_names, modules, parsed

SIGNALS_AND_HIDDEN_IMPORTS = {
    "receiver",
    "import_string",
    "get_model",
    "GenericForeignKey",
    "GenericRelation",
}
CLOCKS = {"now", "utcnow", "today", "localtime", "localdate"}


def _found(banned: set[str], bands: tuple[str, ...] | None = None) -> list[str]:
    return [
        f"{path.relative_to(PACKAGE)}:{line} {name}"
        for path in modules()
        if bands is None or band_of(path) in bands
        for name, line in called_names(path)
        if name in banned
    ]


def test_no_float_is_made_where_money_is() -> None:
    assert _found({"float", "float32", "float64"}, MONEY_BANDS) == []


def test_no_array_becomes_floating_where_money_is() -> None:
    floating = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in modules()
        if band_of(path) in MONEY_BANDS
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr in ("float16", "float32", "float64", "double")
    ]
    assert floating == []


def test_nothing_listens_to_signals_or_imports_by_text() -> None:
    assert _found(SIGNALS_AND_HIDDEN_IMPORTS) == []


def test_rules_read_no_clock() -> None:
    reading = [
        f"{path.relative_to(PACKAGE)}:{line} {name}"
        for path in modules()
        if band_of(path) in MONEY_BANDS
        and ({"rules", "rules.py"} & {*path.parts} or band_of(path) == "money")
        for name, line in called_names(path)
        if name in CLOCKS
    ]
    assert reading == []
