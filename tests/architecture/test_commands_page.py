"""docs/reference/commands.md is what the parsers say. ZHANGGUI_WRITE_DOCS=1 writes it anew."""

import argparse
import importlib
import os
from collections.abc import Iterator
from pathlib import Path

from zhanggui.config.command_line import command_modules, help_of

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "commands.md"
INTRODUCTION = """\
# Commands

<!-- Written from the commands' own parsers by tests/architecture/test_commands_page.py. -->

`zhanggui COMMAND [options]`; `zhanggui COMMAND --help` says the same. Every command takes `--json`: one JSON
document on standard output, everything else on standard error. Exit codes: 0 all is well, 1 something was found
or rejected, 2 refused (one line says why, nothing was done), 70 a fault of ours, 130 interrupted.
"""


def options_of(parser: argparse.ArgumentParser, before: str = "") -> Iterator[str]:
    """A line for each argument; those of acts below their name."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {one.dest: one.help or "" for one in action._choices_actions}
            for name, act in action.choices.items():
                yield f"- **`{before}{name}`** {helps.get(name, '')}".rstrip()
                yield from (f"  {line}" for line in options_of(act, f"{before}{name} "))
        elif action.help != argparse.SUPPRESS and not isinstance(action, argparse._HelpAction):
            shown = action.metavar if isinstance(action.metavar, str) else ""
            takes = shown or ("|".join(map(str, action.choices)) if action.choices else action.dest.upper())
            name = ", ".join(action.option_strings)
            head = name if name and action.nargs == 0 else " ".join(part for part in (name, takes) if part)
            said = (action.help or "") % (vars(action) | {"prog": "zhanggui"})
            needed = "(required)" if action.required and name else ""
            yield " ".join(part for part in (f"- `{head}`", said, needed) if part)


def commands_page() -> str:
    parts = [INTRODUCTION]
    for name, path in sorted(command_modules().items()):
        parser = argparse.ArgumentParser(prog=f"zhanggui {name}")
        importlib.import_module(path).add_arguments(parser)
        parts += [f"## `{name}`", "", f"{help_of(path)}.", "", *options_of(parser)]
        parts.append("") if parts[-1] else None
    return "\n".join(parts).rstrip() + "\n"


def test_the_page_is_what_the_parsers_say() -> None:
    if os.environ.get("ZHANGGUI_WRITE_DOCS") == "1":
        PAGE.write_text(commands_page(), "utf-8")
    assert PAGE.read_text("utf-8") == commands_page(), (
        "run ZHANGGUI_WRITE_DOCS=1 pytest tests/architecture/test_commands_page.py"
    )
