"""Every text of the desk has a Chinese one, and the compiled catalogue is the current one."""

import ast
import re
from pathlib import Path

import polib
import pytest

import zhanggui.portals.desk as package

DESK = Path(package.__file__).parent
CATALOGUE = DESK / "locale" / "zh_Hans" / "LC_MESSAGES"
MARKERS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext"}


def source_texts() -> set[str]:
    found = set()
    for path in DESK.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            called = (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS
            )
            if called and node.args and isinstance(node.args[0], ast.Constant):
                found.add(str(node.args[0].value))
    for path in DESK.rglob("*.html"):
        found.update(re.findall(r"{%\s*translate\s+[\"']([^\"']+)[\"']", path.read_text()))
    return found


def test_every_text_is_translated() -> None:
    entries = {e.msgid: e for e in polib.pofile(str(CATALOGUE / "django.po")) if not e.obsolete}
    assert sorted(source_texts() - set(entries)) == []
    empty = [e.msgid for e in entries.values() if not (e.msgstr or all(e.msgstr_plural.values() or [""]))]
    assert empty == []
    assert [e.msgid for e in entries.values() if "fuzzy" in e.flags] == []


def test_placeholders_survive_translation() -> None:
    for entry in polib.pofile(str(CATALOGUE / "django.po")):
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if text:
                assert set(re.findall(r"%\(\w+\)\w", text)) == set(re.findall(r"%\(\w+\)\w", entry.msgid)), (
                    entry.msgid
                )


def test_the_compiled_catalogue_is_current() -> None:
    written = {(e.msgctxt, e.msgid): e.msgstr for e in polib.pofile(str(CATALOGUE / "django.po"))}
    compiled = {(e.msgctxt, e.msgid): e.msgstr for e in polib.mofile(str(CATALOGUE / "django.mo"))}
    assert compiled == written


@pytest.mark.parametrize("name", ["desk.js", "list.js", "base.css", "shell.css", "list.css", "detail.css"])
def test_own_files_are_small(name: str) -> None:
    text = (DESK / "static" / "desk" / name).read_text()
    assert text.count("\n") < 400 and "sourceMappingURL" not in text
