"""What the sources can say in English: codes of refusals and faults, and the sentences that go with them."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import zhanggui
from tests.architecture.sources import PACKAGE, modules, parsed
from zhanggui.money.errors import Refusal

CODE = re.compile(r"[a-z]+(_[a-z]+)*")
CODE_ARGUMENTS = {
    "RowRefused": [0], "RejectRecord": [1], "Finding": [1], "SeparatedRow": [3], "_error": [0],
    "_warning": [0], "one_of": [2], "_integer": [1], "_refuse": [1, 3],
}  # fmt: skip
"""Where a call names the code of a fault, by position."""

FAULTY = ("settlement/intake", "settlement/fees/rules")
"""Where faults of rows and findings are made."""

HOLE = "{}"


@cache
def refusal_classes() -> tuple[type[Refusal], ...]:
    """Every kind of refusal there is, after importing everything."""
    for module in pkgutil.walk_packages(zhanggui.__path__, "zhanggui."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found, left = [], [Refusal]
    while left:
        one = left.pop()
        found.append(one)
        left += one.__subclasses__()
    return tuple(one for one in found if one.__module__.startswith("zhanggui."))


def template(node: ast.expr) -> str | None:
    """An English sentence with `{}` for what is filled in, None where the node is no text."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(
                part.value if isinstance(part, ast.Constant) else "{!r}" if part.conversion == 114 else HOLE
                for part in parts
                if isinstance(part, ast.Constant | ast.FormattedValue)
            )
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            texts = template(left), template(right)
            if texts == (None, None):
                return None
            return "".join(HOLE if text is None else text for text in texts)
    return None


@cache
def texts_of_sources() -> frozenset[str]:
    """Every text in the sources, as templates."""
    found = set()
    for path in modules():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.expr) and (text := template(node)):
                found.add(text)
    return frozenset(found)


def raised(bands: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """(place, class name, template) of every refusal raised or returned in these folders."""
    names = {one.__name__ for one in refusal_classes()}
    for path in modules():
        place = path.relative_to(PACKAGE).as_posix()
        if not place.startswith(bands):
            continue
        for node in ast.walk(parsed(path)):
            made = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
            if made and node.args and (text := template(node.args[0])):
                yield f"{place}:{node.lineno}", node.func.id, text


def fault_codes() -> dict[str, str]:
    """Code -> place, of every fault and finding in the sources."""
    found = {}
    for path in modules():
        place = path.relative_to(PACKAGE).as_posix()
        if place.startswith(FAULTY):
            for code, line in _codes_in(path):
                found[code] = f"{place}:{line}"
    return found


def _codes_in(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(parsed(path)):
        named: list[ast.expr] = []
        if isinstance(node, ast.Tuple) and len(node.elts) == 2:
            code, message = node.elts
            sentence = template(message) or ""
            named = [code] if " " in sentence else []
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            named = [node.args[place] for place in CODE_ARGUMENTS.get(name, ()) if place < len(node.args)]
        for one in named:
            for code in _choices(one):
                yield code, one.lineno


def _choices(node: ast.expr) -> Iterator[str]:
    """The codes an expression can be: a text, one of several, or `unknown_{role}`."""
    match node:
        case ast.Constant(value=str(code)) if CODE.fullmatch(code):
            yield code
        case ast.BoolOp(values=values):
            for value in values:
                yield from _choices(value)
        case ast.JoinedStr(values=[ast.Constant(value=str(start)), ast.FormattedValue()]) if start.endswith(
            "_"
        ):
            yield from (start + role for role in ("merchant", "supplier", "carrier"))


def written_by_system() -> Iterator[tuple[str, str]]:
    """(text, place) of every actor and reason that is a literal; those of the demo are people's."""
    for path in modules():
        place = path.relative_to(PACKAGE).as_posix()
        if "demonstration" in place or "presets" in place:
            continue
        for node in ast.walk(parsed(path)):
            name = getattr(node, "arg", None)
            value = node.value if isinstance(node, ast.keyword) else None
            if name in ("actor", "reason", "note") and isinstance(value, ast.Constant) and value.value:
                yield str(value.value), f"{place}:{value.lineno}"
