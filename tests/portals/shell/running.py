"""Commands run where the tests' database is."""

import argparse
import io
import json
from types import ModuleType
from typing import Any, NamedTuple

from zhanggui.portals.shell.output import Output


class Ran(NamedTuple):
    """The exit code, the document, and what a person would read. The act is carried out once."""

    code: int
    document: Any
    text: str


def run_command(module: ModuleType, *arguments: str) -> Ran:
    """Run a command's module with these arguments. Raises what the command refuses with."""
    parser, said = argparse.ArgumentParser(), io.StringIO()
    module.add_arguments(parser)
    out = Output(as_json=True, stdout=said, stderr=io.StringIO())
    read: list[str] = []
    answer = out.result

    def result(document: Any, render: Any = None) -> None:
        read.append(render(document) if render else "")
        answer(document, render)

    out.result = result  # type: ignore[method-assign]
    code = module.run(parser.parse_args(list(arguments)), out)
    return Ran(code, json.loads(said.getvalue()), read[0])


def call(module: ModuleType, *arguments: str, as_json: bool = True) -> tuple[int, Any]:
    """The exit code, and what is printed: the document, or the text for people."""
    parser, said = argparse.ArgumentParser(), io.StringIO()
    module.add_arguments(parser)
    out = Output(as_json=as_json, stdout=said, stderr=io.StringIO())
    code = module.run(parser.parse_args(list(arguments)), out)
    return code, json.loads(said.getvalue()) if as_json else said.getvalue()
