"""Codes and tokens: given to an app for a person, used once or for a while."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from zhanggui.rails.sandbox_server.gateway import House
from zhanggui.rails.sandbox_server.store import Document


class CodeFault(StrEnum):
    """What is wrong with a code that an app brings."""

    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"


class Grants:
    """Kept in the sandbox's store, so that a restart forgets none. Times are of the sandbox's clock."""

    def __init__(self, house: House) -> None:
        self._house = house

    def give_code(self, side: str, *, app: str, who: str, scope: str, back_to: str, seconds: int) -> str:
        """A new code of one side (weixin, weibo) for a person at an app."""
        code = "0" + secrets.token_hex(15) + "0"
        self._house.store.put(f"{side} code", code, {
            "app": app, "who": who, "scope": scope, "back_to": back_to, "used": False,
            "until": self._later(seconds),
        })  # fmt: skip
        return code

    def use_code(self, side: str, code: str, *, app: str) -> Document | CodeFault:
        """What a code stands for, this once, or what is wrong with it."""
        found = self._house.store.get(f"{side} code", code)
        if found is None or found["app"] != app:
            return CodeFault.UNKNOWN
        if found["used"]:
            return CodeFault.USED
        if self._is_over(found):
            return CodeFault.EXPIRED
        self._house.store.put(f"{side} code", code, found | {"used": True})
        return found

    def give_token(self, side: str, granted: Document, *, seconds: int) -> str:
        """A token for what a code stood for."""
        token = secrets.token_urlsafe(48)
        self._house.store.put(f"{side} token", token, {
            "app": granted["app"], "who": granted["who"], "scope": granted["scope"],
            "until": self._later(seconds),
        })  # fmt: skip
        return token

    def token(self, side: str, token: str) -> tuple[Document | None, bool]:
        """What a token stands for (None: nothing), and whether it is over."""
        found = self._house.store.get(f"{side} token", token)
        return found, found is not None and self._is_over(found)

    def _later(self, seconds: int) -> str:
        return (self._house.clock.now() + timedelta(seconds=seconds)).isoformat()

    def _is_over(self, kept: Document) -> bool:
        return self._house.clock.now() >= datetime.fromisoformat(kept["until"])
