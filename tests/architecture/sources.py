"""The sources these tests read: every module of ours but migrations, which are history."""

import ast
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "zhanggui"

MONEY_BANDS = ("money", "ledger", "settlement")
"""Where a float may touch nothing that becomes money."""


@cache
def modules() -> tuple[Path, ...]:
    return tuple(sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def band_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


def called_names(path: Path) -> list[tuple[str, int]]:
    """Every call and decorator by its last name, with its line: `float`, `astype`, `receiver`."""
    found = []
    for node in ast.walk(parsed(path)):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Call):
            targets = [node.func]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            targets = node.decorator_list
        for target in targets:
            if isinstance(target, ast.Name):
                found.append((target.id, target.lineno))
            elif isinstance(target, ast.Attribute):
                found.append((target.attr, target.lineno))
    return found
