"""Every parameter of the mall: what it is called, its usual value, and what it may be. Pure data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

_ADDRESS: Final = re.compile(r"https://[!-~]+")


@dataclass(frozen=True, slots=True)
class Known:
    """One parameter: whole numbers have bounds, texts a greatest length. A text whose usual value is empty may be
    empty; an `address` is one of the web."""

    code: str
    usual: int | str
    least: int = 0
    most: int = 0
    address: bool = False


_TABLE: Final = (
    Known("pay_within_minutes", 30, least=5, most=24 * 60),
    Known("receive_after_days", 10, least=1, most=90),
    Known("put_off_days", 5, least=1, most=30),
    Known("complete_after_days", 7, least=0, most=90),
    Known("answer_return_hours", 48, least=1, most=30 * 24),
    Known("send_back_within_days", 7, least=1, most=30),
    Known("price_protection_days", 7, least=0, most=60),
    Known("member_rebate_permille", 0, least=0, most=300),
    Known("member_rebate_days", 90, least=1, most=365),
    Known("business_line", "mall", most=64),
    Known("surface_title", "掌柜商城", most=40),
    Known("support_phone", "", most=40),
    Known("support_hours", "", most=80),
    Known("support_link", "", most=200, address=True),
    Known("blocked_words", "", most=2000),
)
KNOWN: Final[Mapping[str, Known]] = MappingProxyType({one.code: one for one in _TABLE})


def fault_of(code: str, value: object) -> str:
    """This function will say what is wrong with a value, or nothing."""
    known = KNOWN.get(code)
    if known is None:
        return f"there is no parameter {code!r}; there are: {', '.join(KNOWN)}"
    if isinstance(known.usual, int):
        if isinstance(value, bool) or not isinstance(value, int) or not known.least <= value <= known.most:
            return f"{code} has to be a whole number from {known.least} to {known.most}"
        return ""
    if not isinstance(value, str) or len(value) > known.most or not (value.strip() or known.usual == ""):
        return f"{code} has to be a text of up to {known.most} characters"
    if known.address and value and not _ADDRESS.fullmatch(value):
        return f"{code} has to be an address that begins with https://"
    return ""
