"""What the details of an account of ours may hold and must hold, kind by kind: one description for screens, API and
commands, so that a misspelt key or a text in place of a list is refused and not matched letter by letter."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from zhanggui.settlement.entities.errors import AccountDetailsRefused

BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
CNAPS = re.compile(r"[0-9]{12}")
COUNTRY = re.compile(r"[A-Z]{2}")
CHANNELS = ("wechat", "alipay", "unionpay", "offline")
CHANNEL_OF_RAIL = {
    "wechat": "wechat", "wechat_pay": "wechat", "wechat_red_packet": "wechat", "alipay": "alipay",
    "unionpay": "unionpay", "offline": "offline",
}  # fmt: skip
TEMPLATE_COLUMNS = (
    "time", "amount", "in", "out", "balance", "reference", "bank_reference", "party", "memo",
)  # fmt: skip
MOST_NAMES = 100
MOST_MINOR = 10**15


@dataclass(frozen=True)
class KnownNames:
    """What details may name: business lines of the account's currency, methods of payment, bank accounts of it."""

    business_lines: frozenset[str] = frozenset()
    payment_methods: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()


def _text(value: Any) -> bool:
    return (
        isinstance(value, str)
        and 0 < len(value) <= 128
        and value == value.strip()
        and not any(ord(sign) < 32 or ord(sign) == 127 or 0xD800 <= ord(sign) <= 0xDFFF for sign in value)
    )


def _like(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _whole(value: Any, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _zone(value: Any) -> bool:
    try:
        return _text(value) and bool(ZoneInfo(value))
    except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError; a folder is an OSError
        return False


def _names(value: Any) -> bool:
    return (
        isinstance(value, list)
        and 0 < len(value) <= MOST_NAMES
        and all(map(_text, value))
        and len(set(value)) == len(value)
    )


def _template(value: Any) -> bool:
    if not isinstance(value, dict) or not value or set(value) - {"delimiter", "columns"}:
        return False
    columns, delimiter = value.get("columns", {}), value.get("delimiter", ",")
    return (
        isinstance(columns, dict)
        and set(columns) <= set(TEMPLATE_COLUMNS)
        and all(map(_text, columns.values()))
        and isinstance(delimiter, str)
        and len(delimiter) == 1
        and delimiter in ",;|\t"
    )


@dataclass(frozen=True)
class Key:
    """One key of the details: what its value must be, in words, and the test of it; `known` names the set of
    `KnownNames` that the value is out of."""

    wanted: str
    fits: Callable[[Any], bool]
    known: str = ""


TEXT = Key("a text of 1 to 128 signs", _text)
NAMES = ("a list of different texts", _names)
BOTH = {
    "merchant_number": TEXT,
    "zone": Key("a time zone such as Asia/Shanghai", _zone),
    "cut_hour": Key("a whole hour from 0 to 23", lambda value: _whole(value, 0, 23)),
    "csv_template": Key("an object with delimiter and columns", _template),
}
KEYS: Mapping[str, Mapping[str, Key]] = {
    "bank": {
        "bic": Key("8 or 11 capital letters and digits", _like(BIC)),
        "cnaps": Key("12 digits", _like(CNAPS)),
        "branch": TEXT,
        "country": Key("two capital letters", _like(COUNTRY)),
        "iban": Key("the word yes, or left away", lambda value: value == "yes"),
        "max_payment_minor": Key("a whole number of 1 or more", lambda value: _whole(value, 1, MOST_MINOR)),
        **BOTH,
    },
    "channel": {
        "channel": Key("wechat, alipay, unionpay or offline", lambda value: value in CHANNELS),
        "payment_methods": Key(*NAMES, known="payment_methods"),
        "business_lines": Key(*NAMES, known="business_lines"),
        "settles_to": Key(*(TEXT.wanted, TEXT.fits), known="accounts"),
        **BOTH,
    },
}
LISTS = ("payment_methods", "business_lines")
NUMBERS = ("cut_hour", "max_payment_minor")


def checked_account_details(
    *, kind: str, rail: str, details: Mapping[str, Any], known: KnownNames
) -> dict[str, Any]:
    """This function will return the details of an account of this kind, in the order of their keys. Raises
    AccountDetailsRefused, naming the key."""
    keys = KEYS[kind]
    for key in sorted(details):
        if key not in keys:
            raise AccountDetailsRefused(
                f"details of a {kind} account have no {key!r}; known are {', '.join(keys)}", key=key
            )
        value, wanted = details[key], keys[key]
        if not wanted.fits(value):
            raise AccountDetailsRefused(f"{key} in the details must be {wanted.wanted}", key=key)
        if wanted.known:
            _all_known(key, value, getattr(known, wanted.known))
    if kind == "channel":
        _channel(rail, details)
    return {key: details[key] for key in keys if key in details}


def details_of_texts(kind: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """This function will make details of what was typed into boxes, leaving out empty ones: lists with commas, a
    template as `time=Booked, amount=Sum, delimiter=;`. What cannot be read so stays a text for the check to name."""
    found: dict[str, Any] = {}
    for key in KEYS[kind]:
        text = texts.get(key, "").strip()
        if not text:
            continue
        parts = [part.strip() for part in text.replace("，", ",").split(",")]
        if key in LISTS:
            found[key] = parts
        elif key in NUMBERS:
            found[key] = int(text) if text.isascii() and text.isdigit() and len(text) <= 16 else text
        elif key == "csv_template":
            found[key] = _template_of(parts) if all("=" in part for part in parts) else text
        else:
            found[key] = text
    return found


def text_of_detail(value: Any) -> str:
    """This function will return a value of the details as it is typed into a box."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        delimiter = [f"delimiter={value['delimiter']}"] if "delimiter" in value else []
        columns = [f"{name}={column}" for name, column in (value.get("columns") or {}).items()]
        return ", ".join([*columns, *delimiter])
    return str(value)


def _template_of(parts: list[str]) -> dict[str, Any]:
    named = {name.strip(): value.strip() for name, _, value in (part.partition("=") for part in parts)}
    delimiter = named.pop("delimiter", None)
    return ({"delimiter": delimiter} if delimiter is not None else {}) | ({"columns": named} if named else {})


def _all_known(key: str, value: Any, known: frozenset[str]) -> None:
    for name in value if isinstance(value, list) else [value]:
        if name not in known:
            there = ", ".join(sorted(known)) or "none yet"
            raise AccountDetailsRefused(
                f"{key} in the details names {name!r}, which is not there; known are: {there}",
                key=key,
                value=name,
            )


def _channel(rail: str, details: Mapping[str, Any]) -> None:
    by_rail = CHANNEL_OF_RAIL.get(rail, "")
    if rail and not by_rail:
        raise AccountDetailsRefused(
            f"an account at a channel is not sent over {rail!r}; leave it away or choose one of"
            f" {', '.join(CHANNEL_OF_RAIL)}",
            key="rail",
        )
    if by_rail and details.get("channel", by_rail) != by_rail:
        raise AccountDetailsRefused(
            f"channel in the details must be {by_rail}, as it is sent over {rail}", key="channel"
        )
    for key in ("merchant_number",) if by_rail else ("channel", "merchant_number"):
        if key not in details:
            raise AccountDetailsRefused(f"details of a channel account must have {key}", key=key)
