"""How buyers are numbered, which names are kept for those who came without one, how names and phones are masked."""

import re

PROVIDERS = ("weixin", "weibo")
MOST_ADDRESSES = 20
ADDRESS_LENGTHS = {"recipient": 64, "phone": 32, "region": 64, "city": 64, "street": 200, "postcode": 16}
"""How long each part of an address may be, in characters."""
_KEPT = re.compile(r"b\d{8,}@\w+", re.IGNORECASE)


def number_of(sequence: int) -> str:
    """This function will return the buyer's number: `B00000017`."""
    return f"B{sequence:08d}"


def given_name(number: str, provider: str) -> str:
    """This function will return the log-in name of a buyer who came from a provider and chose none yet."""
    return f"{number}@{provider}"


def is_kept_name(username: str) -> bool:
    """This function will say whether a log-in name is one of those that are given, so that nobody may choose it."""
    return _KEPT.fullmatch(username.strip()) is not None


def masked_name(name: str) -> str:
    """This function will return a name that only its owner recognises: `王**`, `j***n`."""
    if len(name) < 3:
        return name[:1] + "**"
    return f"{name[0]}***{name[-1]}"


def masked_phone(phone: str) -> str:
    """This function will return a phone with its middle hidden: `138****5678`; a short one is hidden whole."""
    if len(phone) < 8:
        return "*" * len(phone)
    return phone[:3] + "*" * (len(phone) - 7) + phone[-4:]
