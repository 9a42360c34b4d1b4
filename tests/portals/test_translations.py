"""Every text of every portal has a Chinese one, a text says one thing, compiled catalogues are current."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

import zhanggui.portals as package

PORTALS = Path(package.__file__).parent
NAMES = sorted(folder.name for folder in PORTALS.iterdir() if folder.is_dir() and any(folder.glob("*.py")))
WITH_CATALOGUES = [name for name in NAMES if (PORTALS / name / "locale").is_dir()]
#: The position of the text (and of the context) in each marking function.
MARKERS = {
    "_": (0, None), "gettext": (0, None), "gettext_lazy": (0, None), "gettext_noop": (0, None),
    "ngettext": (0, None), "ngettext_lazy": (0, None), "pgettext": (1, 0), "pgettext_lazy": (1, 0),
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")
#: A call as `templatize` writes it: name, then one or two Python texts.
_TEXT = r"u?(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
_CALL = re.compile(rf"(?<![\w.])(_|gettext|ngettext|pgettext)\(\s*{_TEXT}(?:\s*,\s*{_TEXT})?")

type Key = tuple[str | None, str]


def in_python(path: Path) -> Iterator[tuple[Key | None, int]]:
    """Every marked text with its line; None where what is marked is no plain text."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        if name not in MARKERS or not isinstance(node, ast.Call):
            continue
        text, context = MARKERS[name]
        wanted = [text] if context is None else [context, text]
        values = [node.args[place] for place in wanted if place < len(node.args)]
        if not values or not all(
            isinstance(value, ast.Constant) and isinstance(value.value, str) for value in values
        ):
            yield None, node.lineno
            continue
        said = [str(ast.literal_eval(value)) for value in values]
        yield (None if context is None else said[0], said[-1]), node.lineno


def in_template(path: Path) -> Iterator[Key]:
    """Every text of a template, found the way makemessages finds it."""
    for name, first, second in _CALL.findall(templatize(path.read_text(encoding="utf-8"))):
        if name == "pgettext":
            yield ast.literal_eval(first), ast.literal_eval(second)
        else:
            yield None, ast.literal_eval(first)


@cache
def used_in(portal: str) -> dict[Key, str]:
    """Every text of a portal, with one place it stands."""
    found: dict[Key, str] = {}
    for path in sorted((PORTALS / portal).rglob("*.py")):
        found |= {key: f"{path.name}:{line}" for key, line in in_python(path) if key}
    for path in sorted((PORTALS / portal).rglob("*.html")):
        found |= dict.fromkeys(in_template(path), path.name)
    return found


@cache
def catalogue(portal: str, kind: str = "po") -> list[polib.POEntry]:
    path = PORTALS / portal / "locale" / "zh_Hans" / "LC_MESSAGES" / f"django.{kind}"
    if not path.is_file():
        return []
    read = polib.pofile if kind == "po" else polib.mofile
    return [entry for entry in read(str(path)) if not entry.obsolete]


def translated(portal: str) -> set[Key]:
    return {
        (entry.msgctxt, entry.msgid)
        for entry in catalogue(portal)
        if (entry.msgstr or (entry.msgstr_plural and all(entry.msgstr_plural.values())))
        and "fuzzy" not in entry.flags
    }


@pytest.mark.parametrize("portal", NAMES)
def test_every_text_has_a_chinese_one(portal: str) -> None:
    missing = set(used_in(portal)) - translated(portal) - translated("desk")
    assert {key: used_in(portal)[key] for key in missing} == {}


@pytest.mark.parametrize("portal", NAMES)
def test_what_is_marked_is_a_plain_text(portal: str) -> None:
    """An f-string or a variable is invisible to makemessages and would stay English."""
    found = [
        f"{path.relative_to(PORTALS)}:{line}"
        for path in (PORTALS / portal).rglob("*.py")
        for key, line in in_python(path)
        if key is None
    ]
    assert found == []


@pytest.mark.parametrize("portal", WITH_CATALOGUES)
def test_nothing_is_left_empty_or_in_doubt(portal: str) -> None:
    keys = {(entry.msgctxt, entry.msgid) for entry in catalogue(portal)}
    assert keys - translated(portal) == set()


@pytest.mark.parametrize("portal", WITH_CATALOGUES)
def test_placeholders_survive(portal: str) -> None:
    for entry in catalogue(portal):
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if text:
                wanted = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
                assert set(PLACEHOLDER.findall(text)) <= wanted | set(PLACEHOLDER.findall(entry.msgid))
                assert "%(" not in entry.msgid or "python-format" in entry.flags or "%" in text, entry.msgid


@pytest.mark.parametrize("portal", WITH_CATALOGUES)
def test_the_compiled_catalogue_is_current(portal: str) -> None:
    def said(entries: list[polib.POEntry]) -> dict[Key, object]:
        return {(one.msgctxt, one.msgid): one.msgstr or one.msgstr_plural for one in entries}

    assert said(catalogue(portal, "mo")) == said(catalogue(portal))


def test_one_text_says_one_thing_everywhere() -> None:
    """Catalogues are merged into one, so two translations of a text would change each other's screens."""
    said: dict[Key, dict[str, str]] = {}
    for portal in WITH_CATALOGUES:
        for entry in catalogue(portal):
            said.setdefault((entry.msgctxt, entry.msgid), {})[portal] = entry.msgstr
    assert {key: texts for key, texts in said.items() if len(set(texts.values())) > 1} == {}
