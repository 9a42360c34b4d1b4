"""The tutorial is executed: every command, and what it prints.

ZHANGGUI_WRITE_DOCS=1 writes what they print anew instead; read the difference before committing it.
"""

import os
import re
import shlex
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tutorial" / "first-settlement.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
DIFFERS = re.compile(r"\b[0-9a-f]{64}\b|(?:^\w+ +0\n){3,}", re.MULTILINE)


def test_every_command_prints_what_the_page_says(make_home: Any) -> None:
    text = PAGE.read_text("utf-8")
    commands = [
        line[2:] for block in BLOCK.findall(text) for line in block.splitlines() if line.startswith("$ ")
    ]
    assert all(command.startswith("zhanggui ") for command in commands)
    answers = iter(make_home().answers(*[_words(command) for command in commands]))

    def executed(found: re.Match[str]) -> str:
        told = ""
        for command in (line for line in found[1].splitlines() if line.startswith("$ ")):
            answer = next(answers)
            assert answer.code == 0, (command, answer.stderr)
            told += f"{command}\n{DIFFERS.sub(_shortened, answer.stdout)}"
        return f"```console\n{told}```"

    expected = BLOCK.sub(executed, text)
    if os.environ.get("ZHANGGUI_WRITE_DOCS") == "1":
        PAGE.write_text(expected, "utf-8")
    assert PAGE.read_text("utf-8") == expected


def _shortened(found: re.Match[str]) -> str:
    """A hash differs from run to run; the list of invariants only grows."""
    return "…\n" if found[0].endswith("\n") else "…"


def _words(command: str) -> list[str]:
    """The command's arguments, paths from the root of the checkout."""
    return [str(ROOT / word) if word.startswith("docs/") else word for word in shlex.split(command)[1:]]
