"""Rows of a query, by the names of its columns."""

from typing import Any

from django.db import connection

OFFENDING_MOST = 1000
"""An invariant that is broken everywhere names so many rows, and no more."""


def rows_of(query: str, params: Any = None) -> list[dict[str, Any]]:
    """This function will run a read and return its rows as dictionaries."""
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def offending_rows(query: str) -> list[dict[str, Any]]:
    """This function will return the rows that break an invariant, OFFENDING_MOST at most."""
    return rows_of(f"{query} limit {OFFENDING_MOST}")
