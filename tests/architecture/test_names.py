"""A name says what is inside; a drawer called utils says nothing."""

import ast

from tests.architecture.sources import PACKAGE, band_of, modules, parsed

BANNED_MODULES = frozenset(
    {"utils", "util", "common", "core", "helpers", "helper", "base", "services", "service"}
    | {"managers", "manager", "misc", "lib", "tools", "shared"}
)
BANNED_CLASSES = frozenset({"Transaction", "Account", "Manager", "Helper", "Service"})


def test_no_module_or_package_is_a_drawer() -> None:
    drawers = [
        str(path.relative_to(PACKAGE))
        for path in modules()
        if BANNED_MODULES & {*path.relative_to(PACKAGE).parts[:-1], path.stem}
    ]
    assert drawers == []


def test_no_class_is_called_by_a_word_with_five_meanings() -> None:
    named = [
        f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name}"
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and node.name in BANNED_CLASSES
    ]
    assert named == []


def test_an_act_is_a_verb_and_a_noun() -> None:
    single = [
        str(path.relative_to(PACKAGE))
        for path in modules()
        if path.parent.name == "operations" and path.stem != "__init__" and "_" not in path.stem
    ]
    assert single == []


def test_every_package_says_what_it_owns() -> None:
    silent = [
        str(path.relative_to(PACKAGE))
        for path in modules()
        if path.name == "__init__.py"
        and len(path.relative_to(PACKAGE).parts) <= 3
        and band_of(path) in ("money", "ledger", "settlement", "parties", "audit", "clockwork", "config")
        and path.parent.name not in ("operations", "zh_Hans", "en")
        and ast.get_docstring(parsed(path)) is None
    ]
    assert silent == []
