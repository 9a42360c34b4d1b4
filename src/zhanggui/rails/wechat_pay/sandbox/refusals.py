"""What the gateway says no with, and the checks of fields that every address shares."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

NUMBER = re.compile(r"[0-9A-Za-z_\-|*@]{1,64}")


class Refused(Exception):
    """An answer of 4xx with a code and a sentence."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def bad(message: str) -> Refused:
    """PARAM_ERROR."""
    return Refused(400, "PARAM_ERROR", message)


def invalid(message: str) -> Refused:
    """INVALID_REQUEST."""
    return Refused(400, "INVALID_REQUEST", message)


def text(document: Mapping[str, Any], name: str, *, most: int, needed: bool = True) -> str:
    """A text of a document."""
    value = document.get(name, "")
    if not isinstance(value, str) or len(value) > most or (needed and not value):
        raise bad(f"{name}：必填，字符串，最长 {most}")
    return value


def number(document: Mapping[str, Any], name: str, *, most: int) -> str:
    """A number of the merchant's: letters, digits and _-|*@."""
    value = text(document, name, most=most)
    if not NUMBER.fullmatch(value):
        raise bad(f"{name}：只能是数字、大小写字母_-|*@")
    return value


def cents(document: Mapping[str, Any], name: str, *, most: int = 100_000_000) -> int:
    """An amount in cents, at least one."""
    value = document.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise bad(f"{name}：整数，单位为分，1 至 {most}")
    return value


def moment(document: Mapping[str, Any], name: str) -> datetime | None:
    """A moment with its zone, if there is one."""
    value = document.get(name)
    if not value:
        return None
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        raise bad(f"{name}：rfc3339") from None
    if found.tzinfo is None:
        raise bad(f"{name}：rfc3339，须带时区")
    return found
