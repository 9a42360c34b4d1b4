"""Bill the due lines of one order: one round trip to read, one to write."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any

import numpy as np
from django.db import connection

from zhanggui.ledger.operations.open_accounts import AccountKey, open_accounts
from zhanggui.ledger.operations.post_few_entries import Call, post_few_entries
from zhanggui.rows.times import day_of
from zhanggui.settlement.billing.by_line import (
    CounterKey,
    Need,
    Row,
    Standing,
    billed_lines,
    counter_sums,
    few_entries,
)
from zhanggui.settlement.billing.knowledge import (
    NOTHING_TOLD,
    Knowledge,
    keep_knowledge,
    kept_knowledge,
)
from zhanggui.settlement.billing.operations.settle_blocks import Settled
from zhanggui.settlement.details.few_lines import few_lines_call
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.entities.rules.periods import Cycle, CycleKind, boundaries
from zhanggui.settlement.statements.operations.place_rows import place_rows
from zhanggui.settlement.statements.series import StatementNeeds

_ANSWER = ("server", "stale", "own", "batch", "lines", "series", "accounts")
_READ = f"select {', '.join(_ANSWER)} from settlement_order_to_bill(%s, %s, %s, %s, "
_TRIES = 3
_SETS_KEPT = 8


@dataclass(frozen=True)
class OrderRead:
    """An order and what its billing needs, as one statement after the lock saw it.

    `series` maps (party, entity, mode, cycle) to the day from which it is open (None: from ever) and its open
    statements by their first day; `accounts` are counter accounts that exist.
    """

    rows: list[Row]
    batch_id: int
    series: Mapping[tuple[int, int, int, str], tuple[int | None, Mapping[int, Standing]]]
    accounts: Mapping[CounterKey, int]


def bill_order(
    *, business_line: BusinessLine, order_id: int, as_of: datetime, at: datetime, zone: tzinfo
) -> Settled | None:
    """This function will bill every due line of one order of a business line, in the caller's transaction, and say
    what it wrote: the very rows that `bill_lines` would write.

    None, and nothing written, when the order has to go the way of many: rules that look at what was sold before it
    take their turn at a lock, and settings that change faster than they are read.

    Its first lock is that of fillers of statements. Raises the kernel's refusals for a line that cannot be rated; a
    line billed meanwhile violates the key of billed lines and undoes the transaction.
    """
    found = _read(business_line, order_id, as_of)
    if found is None:
        return None
    read, known = found
    if not read.rows:
        return Settled(0, 0, 0)
    if any(known.rule_sets[row["rule_set_id"]].cumulative for row in read.rows):
        return None
    lines = billed_lines(
        rows=read.rows, known=known, currency=business_line.currency, zone=zone,
        place=_placing(read, business_line.currency, at),
    )  # fmt: skip
    counters = counter_sums(lines, known.purpose_of_fee)
    ids = _accounts({key for one in counters for key in one}, read, business_line.currency)
    owners = {number: key.party_id for key, number in ids.items()}
    owners |= {own.account_id: own.party_id for own in lines}
    entries = few_entries(lines, counters, ids, zone)
    written = few_lines_call([own.line for own in lines], read.batch_id)
    posted = post_few_entries(
        entries=entries, batch_id=read.batch_id, at=at, owners=owners, along=[Call(*written)]
    )
    return Settled(len(lines), sum(len(own.line.amounts) for own in lines), posted)


def _read(line: BusinessLine, order_id: int, as_of: datetime) -> tuple[OrderRead, Knowledge] | None:
    """The order, and what is known for certain to hold for it."""
    known, just_loaded = kept_knowledge(line.id), False
    for _ in range(_TRIES):
        row = _ask(line, order_id, as_of, known)
        if row["lines"] is None:
            empty = OrderRead([], 0, {}, {})
            return empty, known or Knowledge.load(line.id, ())
        wanted = {one["rule_set_id"] for one in row["lines"]}
        enough = known is not None and not row["stale"] and wanted <= known.rule_sets.keys()
        # What this transaction has changed itself is seen by nobody else, and may yet be undone.
        if known is not None and enough and (just_loaded or not row["own"]):
            return _order_read(row), known
        if known is not None and not row["stale"]:
            wanted |= set(sorted(known.rule_sets, reverse=True)[:_SETS_KEPT])
        known, just_loaded = Knowledge.load(line.id, wanted), True
        if not row["own"]:
            keep_knowledge(line.id, known)
    return None


def _ask(line: BusinessLine, order_id: int, as_of: datetime, known: Knowledge | None) -> dict[str, Any]:
    told = known.told if known else NOTHING_TOLD
    with connection.cursor() as cursor:
        cursor.execute(f"{_READ}{told})", [order_id, line.id, as_of, line.currency])
        return dict(zip(_ANSWER, cursor.fetchone(), strict=True))


def _order_read(row: Mapping[str, Any]) -> OrderRead:
    return OrderRead(
        rows=row["lines"], batch_id=row["batch"],
        series={
            (party, entity, mode, cycle): (closed, {start: Standing(*one) for start, *one in opened or ()})
            for party, entity, mode, cycle, closed, opened in filter(None, row["series"] or ())
        },
        accounts={CounterKey(*key): number for *key, number in row["accounts"] or ()},
    )  # fmt: skip


def _placing(read: OrderRead, currency: str, at: datetime) -> Callable[[Need], Standing]:
    """The rule of `place_rows` over what was read; what is missing is left to it."""

    def place(need: Need) -> Standing:
        terms = need.terms
        key = (need.party_id, terms.entity_id, terms.invoice_mode, terms.cycle)
        if key in read.series:
            closed, opened = read.series[key]
            start = _period_start(terms.cycle, need.day if closed is None else max(need.day, closed))
            if start in opened:
                return opened[start]
        one = {
            name: np.array([value], dtype=np.int64)
            for name, value in (("party_id", need.party_id), ("terms_id", 0), ("day", need.day),
                                ("document_id", need.document_id))
        }  # fmt: skip
        placed = place_rows(needs=StatementNeeds(**one), terms={0: terms}, currency=currency, at=at)
        return Standing(int(placed.statement_id[0]), int(placed.account_id[0]))

    return place


@lru_cache(maxsize=4096)
def _period_start(code: str, day: int) -> int:
    """The first day of the period that holds a day, days since 1970."""
    cycle = Cycle.parse(code)
    if cycle.kind is CycleKind.DOCUMENT:
        return day
    return int(boundaries(cycle, day_of(day), day_of(day))[0])


def _accounts(keys: set[CounterKey], read: OrderRead, currency: str) -> dict[CounterKey, int]:
    """The accounts of these keys, opened if missing."""
    ids = {key: read.accounts[key] for key in keys if key in read.accounts}
    missing = {AccountKey(*key, 0, currency): key for key in keys - ids.keys()}
    if missing:
        opened = open_accounts(keys=missing)
        ids |= {key: opened[account] for account, key in missing.items()}
    return ids
