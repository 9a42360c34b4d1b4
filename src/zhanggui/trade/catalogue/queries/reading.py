"""Rows of a read as dictionaries."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import connection

_JSON: Final = (114, 3802)  # json and jsonb, which raw reads hand over as text


def rows_of(query: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
    """This function will run a read and return its rows as dictionaries, JSON in them as what it says."""
    with connection.cursor() as cursor:
        cursor.execute(query, params or None)
        names = [column[0] for column in cursor.description or ()]
        told = [place for place, column in enumerate(cursor.description or ()) if column[1] in _JSON]
        found = []
        for row in cursor.fetchall():
            values = list(row)
            for place in told:
                if isinstance(values[place], str):
                    values[place] = json.loads(values[place])
            found.append(dict(zip(names, values, strict=True)))
        return found
