"""Words by which goods are found, in Chinese and in others: cut, folded, and written as PostgreSQL keeps them.

The text of a tsvector is made here and not by `to_tsvector`: its parser takes Chinese for blanks in some locales.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

import rjieba

WEIGHTS: Final = "ABCD"
LONGEST_WORD: Final = 64
MOST_WORDS: Final = 1_000
MOST_ASKED: Final = 12
_WORD: Final = re.compile(r"[^\W_]+(?:[.\-][^\W_]+)*")
_ESCAPED: Final = str.maketrans({"'": "''", "\\": "\\\\"})


def folded(text: str) -> str:
    """This function will return a text as it is compared: full-width letters as plain ones, no capitals."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def words_of(text: str) -> list[str]:
    """This function will return the words of a text, folded, in order; long Chinese words also in their parts."""
    found: list[str] = []
    for part in rjieba.cut_for_search(folded(text)):
        for word in _WORD.findall(part):
            found.append(word[:LONGEST_WORD])
            if "-" in word or "." in word:
                found += [piece for piece in re.split(r"[.\-]", word) if piece]
    return found


def vector_text(texts: Mapping[str, Sequence[str]]) -> str:
    """This function will return texts by weight ("A" counts most) as the text of a tsvector."""
    places: dict[str, list[str]] = {}
    position = 0
    for weight in WEIGHTS:
        for text in texts.get(weight, ()):
            for word in words_of(text):
                position += 1
                if position > MOST_WORDS:
                    break
                places.setdefault(word, []).append(f"{position}{weight}")
    return " ".join(f"'{word.translate(_ESCAPED)}':{','.join(at[:20])}" for word, at in places.items())


def query_texts(asked: str) -> list[tuple[str, str]]:
    """This function will return what somebody typed as terms that all have to be met: each as the text of a tsquery,
    its last word met by its beginning too, and as the plain text that may stand anywhere in a title."""
    found: list[tuple[str, str]] = []
    for term in folded(asked[:200]).split(" ")[:MOST_ASKED]:
        words = [word[:LONGEST_WORD] for part in rjieba.cut(term) for word in _WORD.findall(part)]
        if words:
            query = " & ".join(f"'{word.translate(_ESCAPED)}'" for word in words)
            found.append((f"{query}:*", term))
    return found


def pattern_of(term: str) -> str:
    """This function will return a term as a LIKE pattern that finds it anywhere."""
    escaped = term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
