"""Settle billed lines: write the details and post their entries, in one batch."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import NamedTuple

import numpy as np

from zhanggui.ledger.operations.open_accounts import AccountKey, open_accounts
from zhanggui.ledger.operations.post_entries import next_batch_id, post_entries
from zhanggui.rows.grouping import group_rows
from zhanggui.rows.times import local_days
from zhanggui.settlement.billing.legs import PARTY_OWNED, Side, counter_sums, entry_blocks
from zhanggui.settlement.details.blocks import Ints
from zhanggui.settlement.details.operations.write_details import write_details
from zhanggui.settlement.fees.queries.fee_types import catalogue


class Settled(NamedTuple):
    """What one batch wrote."""

    lines: int
    details: int
    entries: int


def settle_blocks(*, sides: Sequence[Side], at: datetime, zone: tzinfo) -> Settled:
    """This function will write the billed lines of `sides` and post one entry per (merchant, kind, order,
    event), in the caller's transaction, which holds the filling or closing lock.

    Counter accounts come from the fee catalogue; those under 2202 and deposits belong to the merchant of the
    sale, all others to the platform. A second billing of the same event violates a key and undoes the transaction.
    """
    sides = [side for side in sides if len(side.block)]
    if not sides:
        return Settled(0, 0, 0)
    batch = next_batch_id()
    lines, details = write_details(blocks=[side.block for side in sides], batch_id=batch)
    counters, owners = _counter_legs(sides)
    for side in sides:
        accounts, first = np.unique(side.account_id, return_index=True)
        owners.update(zip(accounts.tolist(), side.block.party_id[first].tolist(), strict=True))
    blocks = entry_blocks(
        sides, counters, booked_days=[local_days(side.block.billable_us, zone) for side in sides]
    )
    entries = post_entries(blocks=blocks, batch_id=batch, at=at, owners=owners)
    return Settled(lines, details, entries)


def _counter_legs(
    sides: Sequence[Side],
) -> tuple[list[list[tuple[Ints, Ints]]], dict[int, int]]:
    fees = catalogue()
    purposes = sorted({fee.counter_purpose for fee in fees.by_id.values()})
    purpose_of_fee = np.zeros(max(fees.by_id) + 1, dtype=np.int64)
    for fee in fees.by_id.values():
        purpose_of_fee[fee.id] = purposes.index(fee.counter_purpose)
    sums = [counter_sums(side, purposes, purpose_of_fee) for side in sides]
    keys: list[list[list[AccountKey]]] = []
    places: list[list[Ints]] = []
    for side, own in zip(sides, sums, strict=True):
        keys.append([])
        places.append([])
        for purpose, _ in own:
            unique, where = _distinct_accounts(side, purpose)
            keys[-1].append(unique)
            places[-1].append(where)
    ids = open_accounts(keys=[key for own in keys for unique in own for key in unique])
    legs = []
    for own, own_keys, own_places in zip(sums, keys, places, strict=True):
        legs.append([
            (np.array([ids[key] for key in unique], dtype=np.int64)[where], amount)
            for (_, amount), unique, where in zip(own, own_keys, own_places, strict=True)
        ])  # fmt: skip
    return legs, {number: key.party_id for key, number in ids.items()}


def _distinct_accounts(side: Side, purpose: str) -> tuple[list[AccountKey], Ints]:
    block = side.block
    owner = block.merchant_id if purpose.startswith(PARTY_OWNED) else np.zeros(len(block), dtype=np.int64)
    currencies, currency = np.unique(block.currency, return_inverse=True)
    columns = (block.entity_id, owner, currency.reshape(-1).astype(np.int64))
    groups = group_rows(*columns)
    heads = zip(*(column[groups.first].tolist() for column in columns), strict=True)
    keys = [AccountKey(entity, purpose, party, 0, currencies[code].decode()) for entity, party, code in heads]
    return keys, groups.group
