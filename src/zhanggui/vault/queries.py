"""Reads over what is sealed."""

from collections.abc import Iterable
from typing import Any

from django.db import connection

from zhanggui.vault.sealed_columns import SEALED, SealedColumn


def values_by_key(columns: Iterable[SealedColumn] = SEALED) -> dict[bytes, int]:
    """This function will return how many sealed values each key has sealed, by key id; read from the heads."""
    counts: dict[bytes, int] = {}
    with connection.cursor() as cursor:
        for column in columns:
            cursor.execute(
                f"select substring({column.value_sql} from 2 for 4), count(*) from {column.table}"
                f" where length({column.value_sql}) > 0 group by 1"
            )
            for key_id, count in cursor.fetchall():
                counts[bytes(key_id)] = counts.get(bytes(key_id), 0) + int(count)
    return counts


def values_under_other_keys(
    column: SealedColumn, key_ids: Iterable[bytes], *, most: int
) -> list[dict[str, Any]]:
    """This function will return rows whose value was sealed by none of `key_ids`, or is no seal at all."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {column.key_sql}, substring({column.value_sql} from 2 for 4) from {column.table}"
            f" where length({column.value_sql}) > 0 and (substring({column.value_sql} from 1 for 1) <> '\\x01'"
            f" or substring({column.value_sql} from 2 for 4) <> all(%s::bytea[])) limit %s",
            [list(key_ids), most],
        )
        return [
            {"column": column.name} | dict(zip(column.keys, row[:-1], strict=True))
            | {"key_id": bytes(row[-1]).hex()}
            for row in cursor.fetchall()
        ]  # fmt: skip
