"""Seal a batch of values again, under the current key."""

import base64
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from zhanggui.vault.errors import SealBroken, UnknownSealKey
from zhanggui.vault.key_ring import KeyRing
from zhanggui.vault.sealed_columns import SealedColumn
from zhanggui.vault.sealing import seal_with, unseal_with


@dataclass
class Resealed:
    """What a batch did: how many it sealed again, the rows it could not open, and the last key it looked at."""

    count: int = 0
    broken: list[str] = field(default_factory=list)
    last: tuple[Any, ...] | None = None


def reseal_batch(
    *, column: SealedColumn, ring: KeyRing, after: tuple[Any, ...] | None, limit: int
) -> Resealed:
    """This function will re-seal up to `limit` values of `column` that another key than the current one sealed.

    Rows follow each other in the order of the table's key, beginning behind `after`; `last` is None when none is
    left. Runs inside the caller's transaction and holds the rows until it ends. A value that does not open stays
    as it is and is named.
    """
    behind = f"and ({column.key_sql}) > ({', '.join(['%s'] * len(column.keys))})" if after is not None else ""
    done = Resealed()
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {column.key_sql}, {column.value_sql} from {column.table}"
            f" where length({column.value_sql}) > 0 and substring({column.value_sql} from 2 for 4) <> %s {behind}"
            f" order by {column.key_sql} limit %s for update",
            [ring.current.id, *(after or ()), limit],
        )
        for *keys, sealed in cursor.fetchall():
            done.last = tuple(keys)
            try:
                plain = unseal_with(ring, bytes(sealed), purpose=column.purpose)
            except (SealBroken, UnknownSealKey) as refused:
                done.broken.append(f"{column.name} {keys}: {refused.message}")
                continue
            _keep(cursor, column, keys, seal_with(ring, plain, purpose=column.purpose))
            done.count += 1
    return done


def _keep(cursor: Any, column: SealedColumn, keys: list[Any], sealed: bytes) -> None:
    where = " and ".join(f'"{key}" = %s' for key in column.keys)
    if column.member:
        value = f'jsonb_set("{column.column}", %s::text[], to_jsonb(%s::text))'
        given: list[Any] = [[column.member], base64.b64encode(sealed).decode("ascii")]
    else:
        value, given = "%s", [sealed]
    cursor.execute(f'update {column.table} set "{column.column}" = {value} where {where}', [*given, *keys])
