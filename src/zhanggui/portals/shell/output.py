"""How a command speaks: its result on standard output, everything else on standard error."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol, TextIO

from zhanggui.money.errors import Refusal


class Steps(Protocol):
    """What `Output.progress` gives: say how far the work is."""

    def advance(self, count: int = 1) -> None: ...


class Output:
    """One command's voice: `result` once, `note` and `progress` at will."""

    def __init__(self, *, as_json: bool, stdout: TextIO | None = None, stderr: TextIO | None = None) -> None:
        self.as_json = as_json
        self._stdout = stdout or sys.stdout
        self._stderr = stderr or sys.stderr
        self._answered = False

    def result(
        self, document: Mapping[str, Any], render: Callable[[Mapping[str, Any]], str] | None = None
    ) -> None:
        """Give the command's one result: JSON for programs, `render(document)` or plain lines for people."""
        if self._answered:
            raise RuntimeError("a command gives one result: one JSON document is what programs expect")
        self._answered = True
        if self.as_json:
            text = json.dumps(document, ensure_ascii=False, indent=2, default=_plain)
        else:
            text = render(document) if render else as_lines(document)
        print(text.rstrip("\n"), file=self._stdout, flush=True)

    def note(self, text: str) -> None:
        """Tell people something on standard error."""
        print(text, file=self._stderr, flush=True)

    def refuse(self, refusal: Refusal) -> None:
        """Say no: one line for people; for programs the error's parts, if no result was given before."""
        if self.as_json and not self._answered:
            error = {"code": refusal.code, "message": refusal.message, "details": refusal.details}
            self.result({"error": error})
        line = " ".join(f"zhanggui: {refusal.code}: {refusal.message}".split())
        self.note(line)

    @contextmanager
    def progress(self, total: int | None, label: str) -> Iterator[Steps]:
        """A progress bar on standard error while the block runs; silent with --json or off a terminal."""
        if self.as_json or not self._stderr.isatty():
            yield _Silent()
            return
        # Loaded only now: most commands draw nothing and should start at once.
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=Console(file=self._stderr), transient=True) as bar:
            yield _Shown(bar, bar.add_task(label, total=total))


class _Silent:
    def advance(self, count: int = 1) -> None:
        del count


class _Shown:
    def __init__(self, bar: Any, task: Any) -> None:
        self._bar, self._task = bar, task

    def advance(self, count: int = 1) -> None:
        self._bar.advance(self._task, count)


def as_lines(document: Mapping[str, Any], indent: str = "") -> str:
    """A document as `name: value` lines, nested parts indented; the fallback for results nobody drew."""
    lines = []
    for name, value in document.items():
        if isinstance(value, Mapping) and value:
            lines += [f"{indent}{name}:", as_lines(value, indent + "  ")]
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            lines.append(f"{indent}{name}:")
            lines += [f"{indent}  - {json.dumps(each, ensure_ascii=False, default=_plain)}" for each in value]
        else:
            shown = json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
            lines.append(f"{indent}{name}: {shown}")
    return "\n".join(lines)


def _plain(value: object) -> object:
    """Dates, paths, numpy integers and the like, as JSON can hold them."""
    if hasattr(value, "item"):
        return value.item()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)
