"""Keyset paging: a cursor is the last row's key, opaque to callers; a page costs the same wherever it is."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from django.db import connection
from django.db.models import Q, QuerySet
from pydantic import Field

from zhanggui.portals.api.errors import InvalidCursor

LIMIT_MAX = 500
type Limit = Annotated[int, Field(ge=1, le=LIMIT_MAX, description="rows on a page")]
type CursorText = Annotated[
    str, Field(max_length=500, pattern=r"^[0-9A-Za-z_-]*$", description="`next_cursor` of the page before")
]
BIGGEST = 2**63


def encode(key: Sequence[int]) -> str:
    """A cursor over integer keys."""
    return base64.urlsafe_b64encode(json.dumps(list(key)).encode()).decode().rstrip("=")


def decode(text: str, parts: int) -> list[int] | None:
    """The key in a cursor of `parts` integers; None for an empty one. Raises InvalidCursor."""
    if not text:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        key = None
    good = isinstance(key, list) and len(key) == parts
    if not good or not all(type(part) is int and abs(part) < BIGGEST for part in key):
        raise InvalidCursor("The cursor is not one that this list gave out; leave it away to start over")
    return key


def page(
    rows: Sequence[Any], limit: int, key: Callable[[Any], Sequence[int]]
) -> tuple[list[Any], str | None]:
    """Up to `limit` of the rows (one more was read), and the cursor to go on with, if there is more."""
    shown = list(rows[:limit])
    return shown, encode(key(shown[-1])) if len(rows) > limit else None


def keyset(rows: QuerySet, *, cursor: str, limit: int, by: str = "id") -> tuple[list[Any], str | None]:
    """A page of a QuerySet in ascending order of one unique integer column."""
    after = decode(cursor, 1)
    if after is not None:
        rows = rows.filter(Q(**{f"{by}__gt": after[0]}))
    return page(list(rows.order_by(by)[: limit + 1]), limit, lambda row: [getattr(row, by)])


def given(**wanted: Any) -> dict[str, Any]:
    """The conditions that were asked for: those with a value."""
    return {name: value for name, value in wanted.items() if value is not None}


def read(query: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of a SELECT as dictionaries."""
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
