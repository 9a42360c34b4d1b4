"""Rows of a read as dictionaries."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection


def rows_of(query: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
    """This function will run a read and return its rows as dictionaries."""
    with connection.cursor() as cursor:
        cursor.execute(query, params or None)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
