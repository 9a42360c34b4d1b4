"""Keyset cursors: where a page stands, as short text in the URL."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Sort:
    """Order of a list: by `field`, then by the unique key, both in one direction."""

    field: str
    descending: bool
    nullable: bool = False
    key: str = ""

    @property
    def text(self) -> str:
        """The `sort` parameter of the URL: `-net` or `net`."""
        return f"-{self.key}" if self.descending else self.key


@dataclass(frozen=True, slots=True)
class Cursor:
    """A row to continue from: its sort value, its unique id, and its ordinal in the whole list (from 1)."""

    value: Any
    row_id: Any
    ordinal: int = 0


def encode(cursor: Cursor) -> str:
    """Write a cursor as URL-safe text."""
    raw = json.dumps(
        [_plain(cursor.value), _plain(cursor.row_id), cursor.ordinal],
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def decode(text: str) -> Cursor | None:
    """Read a cursor; None when the text is not one (an old or edited link then shows the first page)."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        value, row_id, ordinal = json.loads(raw)
        return Cursor(_typed(value), _typed(row_id), int(ordinal))
    except (binascii.Error, ValueError, TypeError, KeyError, ArithmeticError):
        return None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, Decimal):
        return {"n": str(value)}
    if isinstance(value, UUID):
        return {"u": str(value)}
    return value


def _typed(value: Any) -> Any:
    if not isinstance(value, dict):
        if isinstance(value, (str, int, type(None))):
            return value
        raise ValueError("unexpected cursor value")
    ((kind, text),) = value.items()
    readers = {"t": datetime.fromisoformat, "d": date.fromisoformat, "n": Decimal, "u": UUID}
    return readers[kind](text)
