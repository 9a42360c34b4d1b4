"""What the how-to pages show is what the program takes."""

import importlib
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from zhanggui.config.command_line import _parse, command_modules
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.settlement.fees.rules.parser import parse_rule_set

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [DOCS.parent / "README.md", DOCS.parent / "README.zh.md", *DOCS.rglob("*.md")]
LINK = re.compile(r"\]\(([^)#:]+?)(?:#[^)]*)?\)")


def test_the_rule_can_be_parsed() -> None:
    text = (DOCS / "how-to" / "write-a-fee-rule.md").read_text("utf-8")
    found = re.search(r"```json\n(.*?)```", text, re.DOTALL)
    assert found
    document = json.loads((DOCS / "tutorial" / "line.json").read_text("utf-8"))["rule_set"]
    parsed = parse_rule_set(document | {"rules": [*document["rules"], json.loads(found[1])]})
    assert parsed.rules[-1].code == "commission-electronics"


def test_every_command_that_is_named_exists() -> None:
    unknown = {
        (path.name, name)
        for path in PAGES
        for name in re.findall(r"`zhanggui ([a-z][a-z-]*)", path.read_text("utf-8"))
        if name not in command_modules()
    }
    assert unknown == set()


SHOWN = re.compile(r"^[ >]*(?:\$ )?(?:[A-Z_]+=\S+ )*zhanggui ([^`\n]+)$|`zhanggui ([^`]+)`", re.MULTILINE)
NO_PART_OF_IT = re.compile(r"\s+(?:#|>|\||&&|<)\s.*$")


def shown() -> Iterator[tuple[str, str]]:
    """Every command line on a page, as (page, arguments)."""
    for path in PAGES:
        for found in SHOWN.finditer(path.read_text("utf-8").replace("\\\n", " ")):
            yield path.name, NO_PART_OF_IT.sub("", " ".join((found[1] or found[2]).split()))


@pytest.mark.parametrize(("page", "line"), sorted(set(shown())))
def test_every_command_line_that_is_shown_would_be_taken(page: str, line: str) -> None:
    given = shlex.split(line)
    if given[0].startswith("-") or given[0].isupper() or re.search(r"\[|\.\.\.", line):
        return  # `zhanggui --help`, `zhanggui COMMAND`, a form with what may be left out
    try:
        _parse(importlib.import_module(command_modules()[given[0]]), given)
    except BadArguments as refused:
        # A name alone, `zhanggui rules export`, stands for the command and is no call of it.
        if any(part.startswith("-") for part in given) or "are required" not in str(refused):
            raise


def test_every_link_leads_somewhere() -> None:
    broken = [
        f"{path.name}: {target}"
        for path in PAGES
        for target in LINK.findall(path.read_text("utf-8"))
        if not (path.parent / target).exists()
    ]
    assert broken == []
