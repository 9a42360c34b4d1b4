"""Post one entry by account keys: the interactive path for acts on single documents."""

from collections.abc import Sequence
from datetime import date, datetime

import numpy as np
from django.db import connection

from zhanggui.ledger.entries import EntryBlock, Ints
from zhanggui.ledger.errors import EntryKeyConflict, LedgerCurrencyMismatch, UnbalancedEntry
from zhanggui.ledger.operations.open_accounts import AccountKey, open_accounts
from zhanggui.ledger.operations.post_entries import next_batch_id, post_entries
from zhanggui.money.integers import require_integer, require_storable
from zhanggui.rows.times import day_number, microseconds


def post_entry(
    *,
    book_id: int,
    source: int,
    key_a: int,
    key_b: int,
    legs: Sequence[tuple[AccountKey, int]],
    booked_date: date,
    occurred_at: datetime,
    at: datetime,
    batch_id: int | None = None,
) -> bool:
    """This function will post one entry and say whether it was new.

    `legs` are (account, minor units), debit positive, credit negative; zero legs are left out. Posting the
    same key with the same legs again does nothing and returns False. Raises LedgerCurrencyMismatch when
    legs differ in entity or currency, UnbalancedEntry, EntryKeyConflict, UnknownPurpose, FloatRefused,
    NotAnInteger, AmountTooLarge.
    """
    legs = [
        (key, require_storable(require_integer(amount, "A leg"), "A leg")) for key, amount in legs if amount
    ]
    if len({(key.entity_id, key.currency) for key, _ in legs}) > 1:
        raise LedgerCurrencyMismatch(
            "an entry has one entity and one currency; split it into one entry for each", source=source
        )
    if len(legs) < 2 or sum(amount for _, amount in legs) != 0:
        raise UnbalancedEntry(
            f"legs {[amount for _, amount in legs]} of entry {source}/{key_a}/{key_b} do not sum to zero"
        )
    ids = open_accounts(keys=[key for key, _ in legs])
    accounts = [ids[key] for key, _ in legs]
    amounts = [amount for _, amount in legs]
    if existing := _existing(book_id, source, key_a, key_b):
        if existing != sorted(zip(accounts, amounts, strict=True)):
            raise EntryKeyConflict(
                f"entry {source}/{key_a}/{key_b} of book {book_id} is posted with other legs; "
                "posted money is corrected by a new entry"
            )
        return False
    entity_id, currency = legs[0][0].entity_id, legs[0][0].currency
    block = EntryBlock(
        book_id=_one(book_id), source=_one(source), key_a=_one(key_a), key_b=_one(key_b),
        entity_id=_one(entity_id), currency=np.array([currency.encode()], dtype="S3"),
        booked_day=_one(day_number(booked_date)),
        occurred_us=_one(microseconds(occurred_at)),
        accounts=np.array([accounts], dtype=np.int64), amounts=np.array([amounts], dtype=np.int64),
    )  # fmt: skip
    owners = {ids[key]: key.party_id for key, _ in legs}
    post_entries(blocks=[block], batch_id=batch_id or next_batch_id(), at=at, owners=owners)
    return True


def _one(value: int) -> Ints:
    return np.array([value], dtype=np.int64)


def _existing(book_id: int, source: int, key_a: int, key_b: int) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select accounts, amounts from ledger_entry"
            " where (book_id, source, key_a, key_b) = (%s, %s, %s, %s)",
            [book_id, source, key_a, key_b],
        )
        row = cursor.fetchone()
    return sorted(zip(row[0], row[1], strict=True)) if row else []
