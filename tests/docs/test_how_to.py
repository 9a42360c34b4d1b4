"""What the how-to pages show is what the program takes."""

import json
import re
from pathlib import Path

from zhanggui.config.command_line import command_modules
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


def test_every_link_leads_somewhere() -> None:
    broken = [
        f"{path.name}: {target}"
        for path in PAGES
        for target in LINK.findall(path.read_text("utf-8"))
        if not (path.parent / target).exists()
    ]
    assert broken == []
