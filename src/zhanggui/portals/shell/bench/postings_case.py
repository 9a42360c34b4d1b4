"""Postings in bulk with append-only balances, against a binary COPY of the same posting rows without any."""

from datetime import UTC, datetime

import numpy as np
from django.db import connection, transaction

from zhanggui.ledger.entries import EntryBlock
from zhanggui.ledger.operations.post_entries import next_batch_id, post_entries
from zhanggui.ledger.sources import EntrySource
from zhanggui.portals.shell.bench.market import CURRENCY, MERCHANTS
from zhanggui.portals.shell.bench.measuring import Case, taking, took
from zhanggui.rows.images import copy_image
from zhanggui.rows.layout import Column, Wire
from zhanggui.rows.transfer import copy_in

LEGS = 4
_ROW_TABLE = """
create table bench_posting (book_id bigint not null, source smallint not null, key_a bigint not null,
  key_b bigint not null, position smallint not null, account_id bigint not null, amount bigint not null,
  currency text not null, booked_date date not null, occurred_at timestamptz not null,
  primary key (book_id, source, key_a, key_b, position))
"""
_ACCOUNTS = """
with made as (
  insert into ledger_account (entity_id, purpose, party_id, reference, currency)
  select e.id, p.purpose, p.party_id, 0, %s from settlement_entity e cross join (
    select '2241.01' as purpose, id as party_id from parties_party where code like 'bench-%%'
    union all select unnest(array['1002', '6001.07', '6603']), 0) p
  where e.code = 'BENCH' returning id, purpose, party_id, entity_id)
select id, party_id, entity_id from made order by party_id, purpose
"""


def postings_case(entries: int, runs: int) -> Case:
    """Post `entries` entries of four legs, a batch a run."""
    case = Case("postings in bulk, with balances", "binary COPY of the same postings", "postings", 0.4)
    with connection.cursor() as cursor:
        cursor.execute(_ROW_TABLE)
        cursor.execute(_ACCOUNTS, [CURRENCY])
        rows = cursor.fetchall()
    ours = np.array([number for number, party, _ in rows if party == 0], dtype=np.int64)
    owned = np.array([(number, party) for number, party, _ in rows if party], dtype=np.int64)
    owners = {number: party for number, party, _ in rows}
    for run in range(runs):
        block = _block(entries, run, ours, owned, rows[0][2])
        with taking() as taken, transaction.atomic():
            post_entries(blocks=[block], batch_id=next_batch_id(), at=datetime.now(UTC), owners=owners)
        image = copy_image(_posting_columns(block))
        case.add(entries * LEGS, taken, took(lambda: _copy(image)))  # noqa: B023
    case.more["entries"] = entries
    return case


def _block(entries: int, run: int, ours: np.ndarray, owned: np.ndarray, entity: int) -> EntryBlock:
    place = np.arange(entries, dtype=np.int64)
    amount = 100 + place * 2_654_435_761 % 2**32 % 1_000_000
    fee, cost = amount // 20, amount // 200
    merchant = place % min(MERCHANTS, len(owned))
    bank, income, channel = (np.full(entries, number, dtype=np.int64) for number in ours)
    order = np.argsort(owned[merchant, 1], kind="stable")
    block = {
        "book_id": owned[merchant, 1], "source": np.full(entries, EntrySource.ADJUSTMENT, dtype=np.int64),
        "key_a": place + run * entries + 1, "key_b": np.zeros(entries, dtype=np.int64),
        "entity_id": np.full(entries, entity, dtype=np.int64),
        "currency": np.full(entries, CURRENCY.encode(), dtype="S3"),
        "booked_day": 19_700 + place % 30, "occurred_us": 1_704_000_000_000_000 + place,
        "accounts": np.stack([bank, owned[merchant, 0], income, channel], axis=1),
        "amounts": np.stack([amount - cost, fee - amount, -fee, cost], axis=1),
    }  # fmt: skip
    return EntryBlock(**{name: values[order] for name, values in block.items()})


def _posting_columns(block: EntryBlock) -> list[Column]:
    entries = len(block)

    def leg(values: np.ndarray) -> np.ndarray:
        return np.repeat(values, LEGS)

    return [
        Column("book_id", Wire.INT8, leg(block.book_id)),
        Column("source", Wire.INT2, leg(block.source)),
        Column("key_a", Wire.INT8, leg(block.key_a)),
        Column("key_b", Wire.INT8, leg(block.key_b)),
        Column("position", Wire.INT2, np.tile(np.arange(1, LEGS + 1, dtype=np.int64), entries)),
        Column("account_id", Wire.INT8, block.accounts.ravel()),
        Column("amount", Wire.INT8, block.amounts.ravel()),
        Column("currency", Wire.TEXT3, leg(block.currency)),
        Column("booked_date", Wire.DATE, leg(block.booked_day)),
        Column("occurred_at", Wire.TIME, leg(block.occurred_us)),
    ]


def _copy(image: memoryview) -> None:
    names = [
        "book_id", "source", "key_a", "key_b", "position", "account_id", "amount", "currency", "booked_date",
        "occurred_at",
    ]  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        copy_in(cursor, "bench_posting", names, [image])
