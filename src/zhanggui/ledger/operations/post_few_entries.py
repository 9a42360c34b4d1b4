"""Post the entries of one event, a few of them, in one round trip: what `post_entries` does for thousands."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from zhanggui.ledger.errors import UnbalancedEntry
from zhanggui.rows.layout import Wire
from zhanggui.rows.single import RowLayout
from zhanggui.rows.times import day_of, moment
from zhanggui.rows.transfer import array_text

# In the order of the batch's digest.
_LAYOUT = RowLayout((Wire.INT8, Wire.INT2, Wire.INT8, Wire.INT8, Wire.INT4, Wire.TEXT3, Wire.INT8, Wire.DATE,
                     Wire.TIME, Wire.INT8_ARRAY, Wire.INT8_ARRAY))  # fmt: skip
_POSTED = "ledger_write_batch(%s, %s, %s, %s, %s::bigint[], %s::bigint[], %s::date[], %s::bigint[])"


class FewEntry(NamedTuple):
    """One entry; `accounts` ascending, none twice, `amounts` minor units, debit positive, credit negative."""

    book_id: int
    source: int
    key_a: int
    key_b: int
    entity_id: int
    currency: str
    booked_day: int  # days since 1970-01-01, in the business time zone
    occurred_us: int
    accounts: Sequence[int]
    amounts: Sequence[int]


class Call(NamedTuple):
    """A function of the database and what it is given: `name(%s, ...)`."""

    sql: str
    params: Sequence[Any]


def post_few_entries(
    *, entries: Sequence[FewEntry], batch_id: int, at: datetime, owners: Mapping[int, int],
    along: Sequence[Call] = (),
) -> int:  # fmt: skip
    """This function will post these entries as one batch in the caller's transaction and return their number.

    `owners` maps every account id used to the party that owns it (0 = platform). `along` are calls that write what
    the entries speak of; they travel with it, before it. Raises UnbalancedEntry; a key already posted violates the
    primary key and undoes the caller's transaction.
    """
    calls = [*along, _call(entries, batch_id, at, owners)] if entries else list(along)
    if calls:
        with connection.cursor() as cursor:
            cursor.execute(
                f"select {', '.join(call.sql for call in calls)}",
                [param for call in calls for param in call.params],
            )
    return len(entries)


def _call(entries: Sequence[FewEntry], batch_id: int, at: datetime, owners: Mapping[int, int]) -> Call:
    digest = hashlib.sha256()
    rows = []
    sums: dict[tuple[int, int], int] = defaultdict(int)
    for entry in sorted(entries, key=lambda one: (len(one.accounts), one[:4])):
        if sum(entry.amounts):
            raise UnbalancedEntry(
                f"entry of book {entry.book_id}, source {entry.source}, key {entry.key_a}/{entry.key_b} is off by"
                f" {sum(entry.amounts)} minor units",
                key=entry.key_a,
            )
        head = (*entry[:5], entry.currency.encode(), batch_id, *entry[6:])
        digest.update(_LAYOUT.image(head))
        rows.append({
            "book_id": entry.book_id, "source": entry.source, "key_a": entry.key_a, "key_b": entry.key_b,
            "entity_id": entry.entity_id, "currency": entry.currency, "batch_id": batch_id,
            "booked_date": day_of(entry.booked_day).isoformat(),
            "occurred_at": moment(entry.occurred_us).isoformat(),
            "accounts": list(entry.accounts), "amounts": list(entry.amounts),
        })  # fmt: skip
        for account, amount in zip(entry.accounts, entry.amounts, strict=True):
            sums[account, entry.booked_day] += amount
    keys = sorted(sums)
    return Call(_POSTED, [
        batch_id, at, digest.digest(), json.dumps(rows),
        array_text(owners[account] for account, _ in keys), array_text(account for account, _ in keys),
        array_text(day_of(day) for _, day in keys), array_text(sums[key] for key in keys),
    ])  # fmt: skip
