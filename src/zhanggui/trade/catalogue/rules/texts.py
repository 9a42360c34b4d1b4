"""Names and texts in several languages: `{"zh": ..., "en": ...}`. They are text, never HTML: `<script>` is shown."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from zhanggui.trade.catalogue.errors import CodeRefused, WordsRefused

LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
TITLE_LONGEST: Final = 120
NAME_LONGEST: Final = 64
SUBTITLE_LONGEST: Final = 200
DESCRIPTION_LONGEST: Final = 20_000
KEYWORDS_LONGEST: Final = 255


def cleaned(text: str, *, lines: bool = False) -> str:
    """This function will return a text without what cannot be seen: control and direction marks; runs of blanks are
    one. With `lines`, line ends stay."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(
        char if char == "\n" or not unicodedata.category(char).startswith("C") else " " for char in text
    )
    if not lines:
        return " ".join(kept.split())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(" ".join(line.split()) for line in kept.split("\n"))).strip()


def checked_words(
    words: Mapping[str, Any], *, what: str, longest: int = NAME_LONGEST, required: bool = True, lines: bool = False
) -> dict[str, str]:  # fmt: skip
    """This function will return words in several languages cleaned, empty ones left out. Raises WordsRefused."""
    found: dict[str, str] = {}
    for language, text in words.items():
        if not LANGUAGE.fullmatch(str(language)) or not isinstance(text, str):
            raise WordsRefused(f"{what}: give texts by language, such as zh and en", what=what)
        kept = cleaned(text, lines=lines)
        if len(kept) > longest:
            raise WordsRefused(
                f"{what} has {len(kept)} characters; use at most {longest}", what=what, longest=longest
            )
        if kept:
            found[language] = kept
    if required and not found:
        raise WordsRefused(f"{what} is missing; give it in Chinese or in English", what=what)
    return found


def checked_code(code: str, *, what: str) -> str:
    """This function will return a code as it is. Raises CodeRefused."""
    if not CODE.fullmatch(code):
        raise CodeRefused(
            f"{code[:80]!r} is no code of {what}; use up to 64 letters, digits, dots, dashes and underscores",
            value=code[:80],
        )
    return code
