"""Post many entries at once: one COPY for entries, one for balance deltas, one row for the batch's digest."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
from django.db import connection

from zhanggui.ledger.entries import EntryBlock, Ints
from zhanggui.ledger.errors import UnbalancedEntry
from zhanggui.rows.grouping import order_of
from zhanggui.rows.images import canonical_image, copy_image
from zhanggui.rows.layout import Column, Wire
from zhanggui.rows.transfer import copy_in

NAMES = ("book_id", "source", "key_a", "key_b", "entity_id", "currency", "batch_id", "booked_date",
         "occurred_at", "accounts", "amounts")  # fmt: skip


def next_batch_id() -> int:
    """This function will draw the number of a new batch."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval('ledger_batch_id_seq')")
        return int(cursor.fetchone()[0])


def post_entries(
    *, blocks: Sequence[EntryBlock], batch_id: int, at: datetime, owners: Mapping[int, int]
) -> int:
    """This function will post all entries of `blocks` in the caller's transaction and return their number.

    `owners` maps every account id used to the party that owns it (0 = platform). Deltas are summed per
    account and day, so no balance row is updated. Raises UnbalancedEntry naming the first entry whose legs
    do not sum to zero; a key already posted violates the primary key and undoes the caller's transaction.
    """
    ordered = _in_order(blocks)
    for block in ordered:
        off = np.flatnonzero(block.amounts.sum(axis=1))
        if len(off):
            row = int(off[0])
            raise UnbalancedEntry(
                f"entry of book {block.book_id[row]}, source {block.source[row]}, key {block.key_a[row]}/"
                f"{block.key_b[row]} is off by {int(block.amounts[row].sum())} minor units",
                key=int(block.key_a[row]),
            )
    total = sum(len(block) for block in ordered)
    if not total:
        return 0
    digest = hashlib.sha256()
    images = []
    for block in ordered:
        columns = _columns(block, batch_id)
        images.append(copy_image(columns))
        digest.update(canonical_image(columns)[0])
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into ledger_batch (id, written_at, entries, digest) values (%s, %s, %s, %s)",
            [batch_id, at, total, digest.digest()],
        )
        copy_in(cursor, "ledger_entry", NAMES, images)
        _write_deltas(cursor, ordered, batch_id, owners)
    return total


def _in_order(blocks: Sequence[EntryBlock]) -> list[EntryBlock]:
    """One block for each number of legs, ascending, its rows by key: the order the batch's digest is taken in."""
    by_legs: dict[int, list[EntryBlock]] = {}
    for block in blocks:
        if len(block):
            by_legs.setdefault(block.amounts.shape[1], []).append(block)
    return [_sorted(by_legs[legs]) for legs in sorted(by_legs)]


def _sorted(blocks: Sequence[EntryBlock]) -> EntryBlock:
    columns = {
        name: np.concatenate([getattr(block, name) for block in blocks])
        for name in EntryBlock.__dataclass_fields__
    }
    order = order_of(columns["book_id"], columns["source"], columns["key_a"], columns["key_b"])
    return EntryBlock(**{name: values[order] for name, values in columns.items()})


def _columns(block: EntryBlock, batch_id: int) -> list[Column]:
    return [
        Column("book_id", Wire.INT8, block.book_id),
        Column("source", Wire.INT2, block.source),
        Column("key_a", Wire.INT8, block.key_a),
        Column("key_b", Wire.INT8, block.key_b),
        Column("entity_id", Wire.INT4, block.entity_id),
        Column("currency", Wire.TEXT3, block.currency),
        Column("batch_id", Wire.INT8, np.full(len(block), batch_id, dtype=np.int64)),
        Column("booked_date", Wire.DATE, block.booked_day),
        Column("occurred_at", Wire.TIME, block.occurred_us),
        Column("accounts", Wire.INT8_ARRAY, block.accounts),
        Column("amounts", Wire.INT8_ARRAY, block.amounts),
    ]


def _write_deltas(
    cursor: object, blocks: Sequence[EntryBlock], batch_id: int, owners: Mapping[int, int]
) -> None:
    accounts = np.concatenate([block.accounts.ravel() for block in blocks])
    amounts = np.concatenate([block.amounts.ravel() for block in blocks])
    days = np.concatenate([np.repeat(block.booked_day, block.accounts.shape[1]) for block in blocks])
    account, day, amount = sum_by_account_and_day(accounts, days, amounts)
    party = np.array([owners[one] for one in account.tolist()], dtype=np.int64)
    columns = [
        Column("party_id", Wire.INT8, party),
        Column("account_id", Wire.INT8, account),
        Column("booked_date", Wire.DATE, day),
        Column("batch_id", Wire.INT8, np.full(len(account), batch_id, dtype=np.int64)),
        Column("amount", Wire.INT8, amount),
    ]
    copy_in(cursor, "ledger_delta", [column.name for column in columns], [copy_image(columns)])


def sum_by_account_and_day(accounts: Ints, days: Ints, amounts: Ints) -> tuple[Ints, Ints, Ints]:
    """This function will sum int64 amounts per (account, day), exactly (no float weights)."""
    order = order_of(accounts, days)
    account, day, amount = accounts[order], days[order], amounts[order]
    new = np.empty(len(account), dtype=bool)
    new[0] = True
    new[1:] = (account[1:] != account[:-1]) | (day[1:] != day[:-1])
    starts = np.flatnonzero(new)
    return account[starts], day[starts], np.add.reduceat(amount, starts)
