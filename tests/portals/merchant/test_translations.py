"""Every text of the shop's portal has a Chinese one, and the compiled catalogue is the current one."""

import ast
import re
from pathlib import Path

import polib

import zhanggui.portals.merchant as package

PORTAL = Path(package.__file__).parent
CATALOGUE = PORTAL / "locale" / "zh_Hans" / "LC_MESSAGES"
MARKERS = {"_", "gettext", "gettext_lazy", "ngettext"}


def source_texts() -> set[str]:
    found = set()
    for path in PORTAL.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            called = (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS
            )
            if called and node.args and isinstance(node.args[0], ast.Constant):
                found.add(str(node.args[0].value))
    for path in PORTAL.rglob("*.html"):
        found.update(re.findall(r"{%\s*translate\s+[\"']([^\"']+)[\"']", path.read_text()))
    return found


def test_every_text_is_translated() -> None:
    entries = {
        entry.msgid: entry for entry in polib.pofile(str(CATALOGUE / "django.po")) if not entry.obsolete
    }
    assert sorted(source_texts() - set(entries)) == []
    assert [one.msgid for one in entries.values() if not one.translated()] == []


def test_placeholders_survive_translation() -> None:
    for entry in polib.pofile(str(CATALOGUE / "django.po")):
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if text:
                assert set(re.findall(r"%\(\w+\)\w", text)) == set(re.findall(r"%\(\w+\)\w", entry.msgid))


def test_the_compiled_catalogue_is_current() -> None:
    written = {entry.msgid: entry.msgstr for entry in polib.pofile(str(CATALOGUE / "django.po"))}
    compiled = {entry.msgid: entry.msgstr for entry in polib.mofile(str(CATALOGUE / "django.mo"))}
    assert compiled == written
