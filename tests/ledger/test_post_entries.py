"""Posting many entries at once."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from django.db import DataError, IntegrityError, transaction

from zhanggui.ledger.chart import GATEWAY_UNSETTLED, PENDING
from zhanggui.ledger.entries import EntryBlock
from zhanggui.ledger.errors import UnbalancedEntry
from zhanggui.ledger.invariants import batch_changed
from zhanggui.ledger.models import LedgerBatch, LedgerDelta, LedgerEntry
from zhanggui.ledger.operations.open_accounts import AccountKey, open_accounts
from zhanggui.ledger.operations.post_entries import next_batch_id, post_entries, sum_by_account_and_day

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
A, B, C = (
    AccountKey(1, purpose, party, 0, "CNY")
    for purpose, party in ((GATEWAY_UNSETTLED, 0), (PENDING, 7), (PENDING, 8))
)


def block(keys: list[int], accounts: list[list[AccountKey]], amounts: list[list[int]]) -> EntryBlock:
    ids = open_accounts(keys=[A, B, C])

    def column(value: Any) -> Any:
        return np.array(value, dtype=np.int64)

    same = np.full(len(keys), 1, dtype=np.int64)
    return EntryBlock(
        book_id=same * 0, source=same * 8, key_a=column(keys), key_b=same * 0, entity_id=same,
        currency=np.full(len(keys), b"CNY", dtype="S3"), booked_day=same * 20_000, occurred_us=same * 1_700_000_000_000_000,
        accounts=column([[ids[one] for one in row] for row in accounts]), amounts=column(amounts),
    )  # fmt: skip


def post(*blocks: EntryBlock) -> int:
    owners = {number: key.party_id for key, number in open_accounts(keys=[A, B, C]).items()}
    return post_entries(blocks=blocks, batch_id=next_batch_id(), at=AT, owners=owners)


class TestPostEntries:
    def test_sums_deltas_by_account_and_day(self) -> None:
        assert post(block([1, 2], [[A, B], [A, B]], [[5, -5], [7, -7]])) == 2
        assert sorted(LedgerDelta.objects.values_list("amount", flat=True)) == [-12, 12]
        assert LedgerBatch.objects.get().entries == 2

    def test_keeps_its_digest_whatever_the_order_and_number_of_blocks(self) -> None:
        post(
            block([9, 3], [[A, B], [A, B]], [[5, -5], [7, -7]]),
            block([4], [[A, B, C]], [[5, -4, -1]]),
            block([8, 1], [[A, C], [A, B]], [[5, -5], [7, -7]]),
        )
        assert batch_changed() == []
        assert LedgerEntry.objects.count() == 5

    def test_nothing_is_no_batch(self) -> None:
        assert post(block([], np.empty((0, 2)).tolist(), np.empty((0, 2)).tolist())) == 0
        assert not LedgerBatch.objects.exists()

    def test_refuses_the_whole_batch_naming_the_entry_that_is_off(self) -> None:
        with pytest.raises(UnbalancedEntry, match="key 2/0 is off by 1"):
            post(block([1, 2], [[A, B], [A, B]], [[5, -5], [7, -6]]))
        assert not LedgerEntry.objects.exists()
        assert not LedgerDelta.objects.exists()

    def test_a_sum_that_wraps_around_is_refused_by_the_database(self) -> None:
        """int64 arithmetic would call these legs balanced; the database sums without limits."""
        quarter = [2**62, 2**62, 2**62, 2**62]
        with pytest.raises((IntegrityError, DataError)), transaction.atomic():
            post(block([1], [[A, B, A, C]], [quarter]))
        assert not LedgerEntry.objects.exists()

    def test_a_key_posted_before_undoes_the_transaction(self) -> None:
        post(block([1], [[A, B]], [[5, -5]]))
        with pytest.raises(IntegrityError), transaction.atomic():
            post(block([2, 1], [[A, B], [A, B]], [[7, -7], [5, -5]]))
        assert LedgerEntry.objects.count() == 1
        assert LedgerBatch.objects.count() == 1


def test_deltas_are_summed_exactly_beyond_what_floats_hold() -> None:
    big = 2**53 + 1
    accounts, days, amounts = (
        np.array(values, dtype=np.int64) for values in ([1, 1, 2], [3, 3, 3], [big, big, -1])
    )
    account, day, amount = sum_by_account_and_day(accounts, days, amounts)
    assert (account.tolist(), day.tolist(), amount.tolist()) == ([1, 2], [3, 3], [2 * big, -1])
