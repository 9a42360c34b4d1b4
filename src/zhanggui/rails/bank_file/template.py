"""Templates: the columns of a bank's payment file and of its result file, read from data."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from zhanggui.rails.bank_file.errors import TemplateInvalid
from zhanggui.settlement.payouts.rail import Outcome

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
    """A template from its document. Raises TemplateInvalid."""
    try:
        columns = tuple(Column(**one) for one in document["columns"])
        states = {word: Outcome(outcome) for word, outcome in document["result"]["states"].items()}
        found = Template(
            name=document["name"], title=document["title"], format=document["format"],
            encoding=document["encoding"], columns=columns, delimiter=document.get("delimiter", ","),
            header=document.get("header", True), max_payment_minor=document.get("max_payment_minor"),
            result=document["result"]["columns"], states=states,
        )  # fmt: skip
        "".encode(found.encoding)
    except (KeyError, TypeError, ValueError, LookupError) as failed:
        raise TemplateInvalid(f"the bank template is incomplete: {failed}") from failed
    unknown = sorted({one.value for one in columns} - VALUES)
    if found.format not in FORMATS or unknown:
        raise TemplateInvalid(f"template {found.name}: {', '.join(unknown) or found.format} is not known")
    if found.format == "fixed" and any(one.width <= 0 for one in columns):
        raise TemplateInvalid(f"template {found.name}: a fixed column has no width")
    if not {"end_to_end", "state"} <= set(found.result):
        raise TemplateInvalid(f"template {found.name}: the result names no number or no state")
    return found


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
