"""Reads the words of a page as a person sees them, and says which are not Chinese."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

SILENT = {"script", "style", "pre", "textarea", "code", "kbd"}
"""What is meant for machines, or was typed by somebody."""

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SPOKEN = {"title", "aria-label", "placeholder", "alt", "data-label", "data-confirm", "aria-description"}
"""Attributes that are read out or shown."""

ALLOWED = {
    # formats, standards and units that are written so in Chinese too
    "excel", "xlsx", "csv", "jsonl", "parquet", "json", "api", "sku", "spu", "iso", "utf", "pdf", "mb",
    "kb", "ppm", "utc", "cst", "http", "https", "sha", "gz", "id", "no", "zip", "gzip",
    "jpeg", "png", "webp", "iban", "bic", "cnaps", "gbk", "pain", "xml", "ofd",
    # how a day is written
    "yyyy", "mm", "dd",
    # keys of the keyboard
    "ctrl", "esc", "enter", "shift", "tab",
    # currencies of the test data
    "cny",
    # the switch to English is in English
    "english",
}  # fmt: skip
_TOKEN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:/@+%-]*")
_LETTERS = re.compile(r"[A-Za-z]{2,}")


class Words(HTMLParser):
    """Collects what is shown: text and spoken attributes, with the tag they stand in."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        button = tag == "input" and given.get("type") in ("submit", "button", "reset")
        for name, value in given.items():
            if given.get("translate") != "no" and value and (name in SPOKEN or (name == "value" and button)):
                self.found.append((f"{tag}[{name}]", value))
        if tag not in VOID:
            code = "code" in (given.get("class") or "").split() or given.get("translate") == "no"
            self.open.append("code" if code else tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not SILENT & set(self.open):
            self.found.append((self.open[-1] if self.open else "", data))


def latin_words(page: str, names: set[str]) -> Iterator[tuple[str, str]]:
    """(word, the text it stands in) of everything that is not Chinese, a number, a code or one of `names`.

    A token with a digit or an underscore is a code; `names` are codes and names of the data.
    """
    words = Words()
    words.feed(page)
    for tag, text in words.found:
        if not _LETTERS.search(text):
            continue
        for token in _TOKEN.findall(_without(names, text)):
            if re.search(r"[0-9_]", token):
                continue
            for word in _LETTERS.findall(token):
                if word.lower() not in ALLOWED:
                    yield word, f"<{tag}> {' '.join(text.split())}"[:160]


def _without(names: set[str], text: str) -> str:
    """The text with all names blanked out, longest first."""
    for name in sorted((name for name in names if name in text), key=len, reverse=True):
        text = re.sub(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", " ", text)
    return text
