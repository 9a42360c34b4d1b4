"""Templates: the columns of a bank's payment file and of its result file, read from data."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from zhanggui.rails.bank_file.errors import TemplateInvalid
from zhanggui.settlement.payouts.rail import Outcome

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,25}")  # with "file-" before it fits an account's rail
FORMATS = ("csv", "txt", "fixed", "xlsx")
VALUES = frozenset({
    "sequence", "end_to_end", "message", "holder", "number", "bank", "branch", "cnaps", "province", "city",
    "amount", "amount_minor", "currency", "purpose", "payer_number", "payer_holder", "day", "constant",
})  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column: its title, which value stands in it, and for fixed width its bytes, side and filling."""

    title: str
    value: str
    constant: str = ""
    width: int = 0
    align: str = "left"
    fill: str = " "


@dataclass(frozen=True)
class Template:
    """A bank's two files. `result` names the columns of the result file by title, `states` its words."""

    name: str
    title: Mapping[str, str]
    format: str
    encoding: str
    columns: tuple[Column, ...]
    delimiter: str = ","
    header: bool = True
    max_payment_minor: int | None = None
    result: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, Outcome] = field(default_factory=dict)

    @property
    def extension(self) -> str:
        """How the file's name ends."""
        return "txt" if self.format == "fixed" else self.format


def template_of(document: Mapping[str, Any]) -> Template:
    """A template from its document. Raises TemplateInvalid, which names the place."""
    result = _of(document, "result", dict)
    found = Template(
        name=_of(document, "name", str), title=_of(document, "title", dict), format=_of(document, "format", str),
        encoding=_of(document, "encoding", str), columns=_columns(_of(document, "columns", list)),
        delimiter=_of(document, "delimiter", str, ","), header=_of(document, "header", bool, True),
        max_payment_minor=_of(document, "max_payment_minor", int, 0) or None,
        result=_of(result, "columns", dict, place="result."),
        states=_states(_of(result, "states", dict, place="result.")),
    )  # fmt: skip
    try:
        "".encode(found.encoding)
    except LookupError as failed:
        raise TemplateInvalid(f"encoding: {found.encoding!r} is not known") from failed
    if found.format not in FORMATS:
        raise TemplateInvalid(f"format: {found.format!r} is not known; it is one of {', '.join(FORMATS)}")
    if found.format in ("csv", "txt") and len(found.delimiter) != 1:
        raise TemplateInvalid(f"delimiter: {found.delimiter!r} is not one sign")
    for place, column in enumerate(found.columns, 1):
        if found.format == "fixed" and column.width <= 0:
            raise TemplateInvalid(f"columns, {place}: a column of fixed width needs a width")
    for name in ("end_to_end", "state"):
        if name not in found.result:
            raise TemplateInvalid(f"result.columns: {name} is missing")
    return found


def _of(document: Mapping[str, Any], name: str, kind: type, default: Any = None, *, place: str = "") -> Any:
    value = document.get(name, default)
    if value is None:
        raise TemplateInvalid(f"{place}{name} is missing")
    if type(value) is not kind or (
        kind is dict and not all(isinstance(one, str | dict) for one in value.values())
    ):
        raise TemplateInvalid(
            f"{place}{name} is {type(value).__name__}, not {kind.__name__} as in the shipped ones"
        )
    return value


def _columns(given: list[Any]) -> tuple[Column, ...]:
    found = []
    for place, one in enumerate(given, 1):
        try:
            column = Column(**one)
        except TypeError as failed:
            raise TemplateInvalid(f"columns, {place}: {failed}") from failed
        texts = (column.title, column.value, column.constant, column.align, column.fill)
        if not all(isinstance(text, str) for text in texts) or type(column.width) is not int:
            raise TemplateInvalid(f"columns, {place}: a value is of the wrong kind")
        if column.value not in VALUES:
            raise TemplateInvalid(f"columns, {place}: value {column.value!r} is not known")
        if column.align not in ("left", "right") or len(column.fill) != 1:
            raise TemplateInvalid(f"columns, {place}: align is left or right, fill one sign")
        found.append(column)
    if not {"end_to_end", "number", "holder"} <= {one.value for one in found}:
        raise TemplateInvalid("columns: end_to_end, number and holder must be there")
    if not {"amount", "amount_minor"} & {one.value for one in found}:
        raise TemplateInvalid("columns: amount or amount_minor must be there")
    return tuple(found)


def _states(given: Mapping[str, Any]) -> dict[str, Outcome]:
    try:
        return {word: Outcome(outcome) for word, outcome in given.items()}
    except ValueError as failed:
        raise TemplateInvalid(f"result.states: {failed}") from failed


def template_in(path: Path) -> Template:
    """A mall's own template from its file, which bears its name. Raises TemplateInvalid with file, place and
    reason."""
    try:
        document = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as failed:
        raise TemplateInvalid(f"bank template {path.name} cannot be read: {failed.strerror}") from failed
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as failed:
        raise TemplateInvalid(f"bank template {path.name} is no TOML in UTF-8: {failed}") from failed
    if path.stem in shipped():
        raise TemplateInvalid(
            f"bank template {path.name}: {path.stem} is a shipped template; give it another name"
        )
    if not NAME.fullmatch(path.stem) or document.get("name") != path.stem:
        raise TemplateInvalid(
            f"bank template {path.name}, name: it must be the name of the file without .toml, in a to z, 0 to 9 and"
            " hyphens"
        )
    try:
        return template_of(document)
    except TemplateInvalid as failed:
        raise TemplateInvalid(f"bank template {path.name}: {failed.message}") from failed


@cache
def shipped() -> dict[str, Template]:
    """The templates that come with the program, by name."""
    folder = files("zhanggui.rails.bank_file") / "templates"
    found = [
        template_of(tomllib.loads(path.read_text("utf-8")))
        for path in folder.iterdir()
        if path.name.endswith(".toml")
    ]
    return {one.name: one for one in sorted(found, key=lambda one: one.name)}
