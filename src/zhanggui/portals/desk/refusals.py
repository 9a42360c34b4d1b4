"""What a refusal says to a Chinese reader.

Acts refuse in English, with a stable code (`money.errors.Refusal`, faults of imported rows, findings of rule
checks). On a Chinese screen that sentence is looked up here, in `wording/*.toml`, by code:

    [statement_not_confirming]
    zh = "这张结算单不在待确认状态。…"            # the sentence for the code, without any particulars
    [statement_not_confirming.says]              # English as raised -> Chinese, particulars carried over
    "statement {number} is {state}; only …" = "结算单 {number} 是“{state|state}”，…"

A hole `{name}` stands for whatever the English has there, `{name!r}` for a quoted value. In the Chinese,
`{name|say}` is a sentence of its own, translated again; `{name|point}`, `{name|lines}`, `{name|ring}` and
`{name|columns}` are lists in English; any other word after the bar is a table of `wording/words.toml`. What
fits no English there (a stored message of an older version, say) gets the sentence of its code.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.utils.translation import get_language

from zhanggui.money.errors import Refusal

FOLDER: Final = Path(__file__).parent / "wording"
WORDS: Final = "words.toml"
HOLE: Final = re.compile(r"\{(\w+)(!r|\|\w+)?\}")
_WORD: Final = re.compile(r"[a-zA-Z]{2}")
_MOST_NESTED: Final = 4


@dataclass(frozen=True, slots=True)
class Saying:
    """One English sentence with holes, and how it reads in Chinese."""

    code: str
    english: str
    chinese: str
    pattern: re.Pattern[str]

    def may_say(self, code: str, depth: int) -> bool:
        """A saying that is all holes fits anything, so it counts only inside a sentence of its own code."""
        return bool(_WORD.search(HOLE.sub("", self.english))) or (depth > 0 and code == self.code)


@dataclass(frozen=True)
class Wording:
    """All sentences. `plain` is by code, `words` by table."""

    plain: Mapping[str, str]
    sayings: tuple[Saying, ...]
    words: Mapping[str, Mapping[str, str]]


def refusal_text(refusal: Refusal, language: str | None = None) -> str:
    """The refusal in `language`, the active one if none is named: what is wrong and what to do next."""
    return fault_text(refusal.code, refusal.message, language)


def fault_text(code: str, message: str, language: str | None = None) -> str:
    """The same for a code and its English message: a fault of a row, a finding, a stored rejection."""
    if not (language or get_language() or "").lower().startswith("zh"):
        return message
    return _say(message, code) or wording().plain.get(code, message)


@cache
def wording() -> Wording:
    """Everything under `wording/`, read once."""
    plain, sayings = {}, []
    for path in sorted(FOLDER.glob("*.toml")):
        if path.name == WORDS:
            continue
        for code, section in tomllib.loads(path.read_text(encoding="utf-8")).items():
            plain[code] = section["zh"]
            for english, chinese in section.get("says", {}).items():
                sayings.append(Saying(code, english, chinese, _pattern(english)))
    words = tomllib.loads((FOLDER / WORDS).read_text(encoding="utf-8"))
    return Wording(plain, tuple(sayings), words)


def _pattern(english: str) -> re.Pattern[str]:
    """What an English sentence looks like with its holes filled."""
    parts, end = [], 0
    for hole in HOLE.finditer(english):
        parts.append(re.escape(english[end : hole.start()]))
        inside = r"'.*?'|\".*?\"|\S+?" if hole[2] == "!r" else ".+?"
        parts.append(f"(?P<{hole[1]}>{inside})")
        end = hole.end()
    return re.compile("".join(parts) + re.escape(english[end:]), re.DOTALL)


def _say(message: str, code: str = "", depth: int = 0) -> str | None:
    """The message in Chinese, None where nothing fits it; sentences of `code` are asked first."""
    known = wording().sayings
    for saying in sorted(known, key=lambda one: one.code != code) if code else known:
        found = saying.pattern.fullmatch(message) if saying.may_say(code, depth) else None
        said = _filled(saying, found.groupdict(), code, depth) if found else None
        if said is not None:
            return said
    return None


def _filled(saying: Saying, values: dict[str, str], code: str, depth: int) -> str | None:
    """The Chinese with its holes filled, None if a sentence inside has no Chinese."""
    quoted = {hole[1] for hole in HOLE.finditer(saying.english) if hole[2] == "!r"}
    missing = False

    def fill(hole: re.Match[str]) -> str:
        nonlocal missing
        value = values[hole[1]]
        value = value[1:-1] if hole[1] in quoted and value[0] in "'\"" else value
        kind = (hole[2] or "").removeprefix("|")
        if not kind:
            return value
        if kind == "say":
            said = _say(value, code, depth + 1) if depth < _MOST_NESTED else None
            missing = missing or said is None
            return said or ""
        if kind in _LISTS:
            return _LISTS[kind](value)
        return wording().words[kind].get(value, value)

    filled = HOLE.sub(fill, saying.chinese)
    return None if missing else filled


def _point(value: str) -> str:
    """`category tea, channel app`: an example of the checks."""
    fields, phrases = wording().words["field"], wording().words["phrase"]
    if value in phrases:
        return phrases[value]
    named = (part.partition(" ") for part in value.split(", "))
    return "、".join(f"{fields.get(name, name)} {code}" for name, _, code in named)


def _lines(value: str) -> str:
    """A list of findings, one a line."""
    found = (line.removeprefix("- ") for line in value.splitlines() if line.strip())
    return "\n" + "\n".join(f"- {_say(line) or line}" for line in found)


def _columns(value: str) -> str:
    """Just the names of columns out of "lacks the column a and has the unknown column 'b'"."""
    named = re.sub(r"lacks the column |has the unknown column |\(did you mean .*?\)", "", value)
    return "、".join(_words_of(named.replace(" and ", ", ").split(", ")))


def _ring(value: str) -> str:
    """Fees that build on each other: a on b on a."""
    return " → ".join(value.split(" on "))


def _words_of(parts: Iterable[Any]) -> list[str]:
    return [str(part).strip().strip("'\"") for part in parts if str(part).strip()]


_LISTS: Final[Mapping[str, Callable[[str], str]]] = {
    "point": _point,
    "lines": _lines,
    "columns": _columns,
    "ring": _ring,
}
