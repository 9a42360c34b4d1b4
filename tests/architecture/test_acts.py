"""An act says what it does, and is called by names."""

import ast
from pathlib import Path

import pytest

from tests.architecture.sources import MONEY_BANDS, PACKAGE, band_of, modules, parsed


def _acts() -> list[Path]:
    return [
        path
        for path in modules()
        if path.parent.name == "operations" and path.stem != "__init__" and band_of(path) in MONEY_BANDS
    ]


@pytest.mark.parametrize("path", _acts(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_public_functions_are_documented_and_the_act_is_keyword_only(path: Path) -> None:
    faults = []
    for node in parsed(path).body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        if ast.get_docstring(node) is None:
            faults.append(f"{node.name} has no docstring")
        if node.name == path.stem and (node.args.args or node.args.posonlyargs):
            faults.append(f"{node.name} takes arguments by position")
    assert faults == []


@pytest.mark.parametrize("path", _acts(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_file_is_named_after_its_act(path: Path) -> None:
    public = [
        node.name
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]
    assert path.stem in public, f"{path.name} has no function {path.stem}: it has {public}"
