"""Open a party."""

import re
from collections.abc import Mapping

from zhanggui.parties.errors import PartyExists, PartyIncomplete
from zhanggui.parties.models import Party, PartyKind

LEVEL_LONGEST = 64
CODE = re.compile(r"[^\x00-\x20\x7f]{1,64}")


def open_party(
    *, code: str, kind: PartyKind, name: Mapping[str, str], level: str = "", category: str = ""
) -> Party:
    """This function will open a party in the caller's transaction and return it.

    Raises PartyExists, PartyIncomplete.
    """
    if not CODE.fullmatch(code):
        raise PartyIncomplete(f"{code!r} is no code; use up to 64 characters without spaces", party=code)
    if kind == PartyKind.PLATFORM:
        raise PartyIncomplete("the platform is there already; open a party of another kind", party=code)
    if not any(text.strip() for text in name.values()):
        raise PartyIncomplete(f"party {code} needs a name, in Chinese or in English", party=code)
    if Party.objects.filter(code=code).exists():
        raise PartyExists(f"there is a party {code} already; choose another code", party=code)
    names = {language: text.strip() for language, text in name.items() if text.strip()}
    return Party.objects.create(
        code=code,
        kind=kind,
        name=names,
        level_code=checked_level(code, level),
        category_code=checked_level(code, category),
    )


def checked_level(code: str, level: str) -> str:
    """This function will return the code of a level or category, stripped. Raises PartyIncomplete."""
    if len(level) > LEVEL_LONGEST or not level.isprintable():
        raise PartyIncomplete(
            f"{level[:80]!r} cannot be a level or category of {code}; use up to {LEVEL_LONGEST} characters",
            party=code,
        )
    return level.strip()
