"""The ledger legs of billed lines: one balanced entry per (merchant, kind, order, event).

A detail of amount a moves -a onto its statement's account (a credit when it is owed to the party) and +a onto
the fee's counter account. A fee that one party pays another meets itself on the counter account and leaves
nothing there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zhanggui.ledger.chart import DEPOSITS
from zhanggui.ledger.entries import EntryBlock
from zhanggui.rows.grouping import group_rows, order_of
from zhanggui.settlement.details.blocks import BilledBlock, Ints

#: Counter accounts under these codes belong to the merchant of the sale, all others to the platform.
PARTY_OWNED = ("2202.", DEPOSITS)


@dataclass(frozen=True)
class Side:
    """Billed lines and, per line, the ledger account of the statement they are on."""

    block: BilledBlock
    account_id: Ints


@dataclass(frozen=True)
class Legs:
    """Unsummed legs: row of the entry's key, account, minor units; and the keys themselves."""

    entry: Ints
    account: Ints
    amount: Ints


def counter_sums(
    side: Side, purposes: Sequence[str], purpose_of_fee: NDArray[np.int64]
) -> list[tuple[str, Ints]]:
    """This function will sum each line's details per counter purpose: (purpose, minor units [n]), non-zero ones.

    `purpose_of_fee` maps a fee type id to its place in `purposes`.
    """
    where = purpose_of_fee[side.block.fee_types]
    amounts = side.block.amounts
    alike = np.array_equal(
        where, np.broadcast_to(where[0], where.shape)
    )  # then a purpose is a set of columns
    found = []
    for place in np.unique(where[0] if alike else where).tolist():
        if alike:
            sums = amounts[:, where[0] == place].sum(axis=1)
        else:
            sums = np.where(where == place, amounts, 0).sum(axis=1)
        if sums.any():
            found.append((purposes[place], sums))
    return found


def entry_blocks(
    sides: Sequence[Side],
    counters: Sequence[Sequence[tuple[Ints, Ints]]],
    *,
    booked_days: Sequence[Ints],
) -> list[EntryBlock]:
    """This function will sum legs into entries and group them by their number of legs.

    `counters` holds, per side, pairs (account ids [n], minor units [n]); `booked_days` the business day of
    every line. Lines of one key share entity, currency and day (the earliest line's is taken).
    """
    sides, counters, booked_days = _occupied(sides, counters, booked_days)
    if not sides:
        return []
    keys = [
        np.concatenate([getattr(one.block, name) for one in sides])
        for name in ("merchant_id", "kind", "order_id", "event_id")
    ]
    groups = group_rows(*keys)
    first, entry = groups.first, groups.group
    legs = _sum_legs(_legs(sides, counters, entry))
    head = {
        "book_id": keys[0][first], "source": keys[1][first], "key_a": keys[2][first], "key_b": keys[3][first],
        "entity_id": np.concatenate([one.block.entity_id for one in sides])[first],
        "currency": np.concatenate([one.block.currency for one in sides])[first],
        "booked_day": np.concatenate(booked_days)[first],
        "occurred_us": np.concatenate([one.block.billable_us for one in sides])[first],
    }  # fmt: skip
    return _by_leg_count(legs, head)


def _occupied(
    sides: Sequence[Side],
    counters: Sequence[Sequence[tuple[Ints, Ints]]],
    booked_days: Sequence[Ints],
) -> tuple[list[Side], list[Sequence[tuple[Ints, Ints]]], list[Ints]]:
    kept = [place for place, side in enumerate(sides) if len(side.block)]
    return [sides[i] for i in kept], [counters[i] for i in kept], [booked_days[i] for i in kept]


def _legs(sides: Sequence[Side], counters: Sequence[Sequence[tuple[Ints, Ints]]], entry: Ints) -> Legs:
    entries, accounts, amounts = [], [], []
    start = 0
    for side, own in zip(sides, counters, strict=True):
        rows = entry[start : start + len(side.block)]
        start += len(side.block)
        for account, amount in [(side.account_id, -side.block.nets), *own]:
            entries.append(rows)
            accounts.append(account)
            amounts.append(amount)
    return Legs(np.concatenate(entries), np.concatenate(accounts), np.concatenate(amounts))


def _sum_legs(legs: Legs) -> Legs:
    """Sum legs of one entry on one account; drop those that come to nothing."""
    order = order_of(legs.entry, legs.account)
    entry, account, amount = legs.entry[order], legs.account[order], legs.amount[order]
    new = np.ones(len(entry), dtype=bool)
    new[1:] = (entry[1:] != entry[:-1]) | (account[1:] != account[:-1])
    starts = np.flatnonzero(new)
    sums = np.add.reduceat(amount, starts)
    kept = sums != 0
    return Legs(entry[starts][kept], account[starts][kept], sums[kept])


def _by_leg_count(legs: Legs, head: Mapping[str, NDArray[np.generic]]) -> list[EntryBlock]:
    counts = np.bincount(legs.entry, minlength=len(head["book_id"]))
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    blocks = []
    for count in np.unique(counts[counts > 0]).tolist():
        rows = np.flatnonzero(counts == count)
        places = starts[rows][:, None] + np.arange(count)
        blocks.append(
            EntryBlock(
                **{name: values[rows] for name, values in head.items()},  # type: ignore[arg-type]
                accounts=legs.account[places], amounts=legs.amount[places],
            )
        )  # fmt: skip
    return blocks
