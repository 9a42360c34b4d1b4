"""What an application has to be like; the unified social credit code's check digit (GB 32100-2015). Pure."""

import re
from dataclasses import dataclass

from zhanggui.files.checking import MEGABYTE, Taken
from zhanggui.files.kinds import Kind
from zhanggui.trade.applications.errors import ApplicationWrong

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
PHONE = re.compile(r"\+?[0-9][0-9 -]{5,24}")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
LONGEST = {"name": 100, "contact": 64, "phone": 32, "email": 254, "about": 1000}
CATEGORIES_MOST = 20
_JPEG = frozenset({Kind.JPEG})
LICENCE_FILES = Taken(
    endings={".png": frozenset({Kind.PNG}), ".jpg": _JPEG, ".jpeg": _JPEG},
    most_bytes=5 * MEGABYTE, most_unpacked=5 * MEGABYTE,
)  # fmt: skip
"""The business licence as a picture."""


@dataclass(frozen=True)
class Asked:
    """What an applicant wrote, and the licence's picture."""

    kind: str
    entity_kind: str
    name: str
    credit_code: str
    contact: str
    phone: str
    email: str
    categories: tuple[str, ...]
    about: str
    licence_name: str
    licence: bytes


def credit_code_holds(code: str) -> bool:
    """This function will say whether a unified social credit code has 18 signs and its check digit."""
    if len(code) != 18 or any(sign not in LETTERS for sign in code):
        return False
    total = sum(LETTERS.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:17]))
    return LETTERS[-total % 31] == code[17]


def check_asked(asked: Asked) -> None:
    """This function will refuse what cannot be right. Raises ApplicationWrong, whose details name the field."""
    for name, most in LONGEST.items():
        text = getattr(asked, name)
        if len(text) > most or (not text and name != "about"):
            raise _wrong(name, f"fill in {name}, with at most {most} characters")
        if not text.replace("\n", " ").replace("\r", " ").isprintable():
            raise _wrong(name, f"{name} holds signs that cannot be shown; type it anew")
    if not credit_code_holds(asked.credit_code):
        raise _wrong(
            "credit_code", f"{asked.credit_code[:32]!r} is no unified social credit code: check its 18 signs"
        )
    if not PHONE.fullmatch(asked.phone):
        raise _wrong("phone", f"{asked.phone[:32]!r} is no telephone number; write it like 13800001111")
    if not EMAIL.fullmatch(asked.email):
        raise _wrong("email", f"{asked.email[:80]!r} is no e-mail address; check it")
    if not asked.categories or len(asked.categories) > CATEGORIES_MOST:
        raise _wrong("categories", f"choose what you want to sell: 1 to {CATEGORIES_MOST} categories")


def _wrong(field: str, message: str) -> ApplicationWrong:
    return ApplicationWrong(message, field=field)
