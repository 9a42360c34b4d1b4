"""One order with 20 fees in one transaction, against a stored procedure that writes the same rows: one after another,
and over eight connections at once."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db import connection, connections, transaction

from zhanggui.portals.shell.bench.market import Staged, stage_month
from zhanggui.portals.shell.bench.measuring import Case, Taken, taking, took
from zhanggui.portals.shell.moments import end_of, zone
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.billing.operations.bill_lines import bill_lines
from zhanggui.settlement.entities.models import BusinessLine

ORDERS, WARM_UP, SHOPS = 120, 20, 10
CONNECTIONS, EACH = 8, 30
MONTH, MONTH_AT_ONCE = 120, 240
_TWINS = """
create table bench_one_line (like settlement_billed_line including all);
create table bench_one_entry (like ledger_entry including all);
create table bench_one_delta (like ledger_delta including all);
create table bench_one_batch (like ledger_batch including all);
create procedure bench_one(l settlement_billed_line, e ledger_entry, parties bigint[], accounts bigint[],
  amounts bigint[], digest bytea) language plpgsql as $$
begin
  insert into bench_one_batch (id, written_at, entries, digest) values (e.batch_id, now(), 1, digest);
  insert into bench_one_line select l.*;
  insert into bench_one_entry select e.*;
  insert into bench_one_delta (party_id, account_id, booked_date, batch_id, amount)
    select d.party_id, d.account_id, e.booked_date, e.batch_id, d.amount
    from unnest(parties, accounts, amounts) as d(party_id, account_id, amount);
end $$;
"""
_WRITTEN = """
select b::text as line, e::text as entry, d.parties, d.accounts, d.amounts
from settlement_billed_line b
join ledger_entry e
  on (e.book_id, e.source, e.key_a, e.key_b) = (b.merchant_id, b.kind, b.order_id, b.event_id)
cross join lateral (select array_agg(x.party_id) as parties, array_agg(x.account_id) as accounts,
  array_agg(x.amount) as amounts from ledger_delta x where x.batch_id = e.batch_id) d
where b.order_id between %s and %s order by b.order_id
"""
_CALL = (
    "call bench_one(%s::settlement_billed_line, %s::ledger_entry, %s::bigint[], %s::bigint[],"
    " %s::bigint[], %s)"
)
_DEADLOCKS = "select deadlocks from pg_stat_database where datname = current_database()"


def order_cases(line: BusinessLine, runs: int) -> list[Case]:
    """Bill orders of one line one by one, each in a transaction of its own that is durable when it ends; then eight
    connections at once, all on the platform's same accounts.

    Statements and accounts are there before, as they are in a running mall: the first orders make them.
    """
    against = "a bare stored procedure writing the same rows"
    alone = Case("one order with 20 fees", against, "orders", 0.5)
    together = Case(f"the same over {CONNECTIONS} connections", against, "orders", 0.5)
    with connection.cursor() as cursor:
        cursor.execute(_TWINS)
    for run in range(runs):
        _one_by_one(alone, stage_month(line, MONTH + run, ORDERS, per_order=1, merchants=SHOPS), line)
    alone.more["orders"] = ORDERS - WARM_UP
    together.more |= {"connections": CONNECTIONS, "orders": CONNECTIONS * EACH, "deadlocks": 0}
    for run in range(runs):
        count = CONNECTIONS * (EACH + 1)
        _at_once(together, stage_month(line, MONTH_AT_ONCE + run, count, per_order=1, merchants=SHOPS), line)
    return [alone, together]


def legs_of_orders(most: int) -> list[list[tuple[int, int]]]:
    """The legs of entries that were posted for orders, as (account, minor units)."""
    rows = rows_of(
        "select accounts, amounts from ledger_entry where source = 1 order by batch_id desc limit %s", [most]
    )
    return [list(zip(row["accounts"], row["amounts"], strict=True)) for row in rows]


def _one_by_one(case: Case, staged: Staged, line: BusinessLine) -> None:
    measured = staged.first_order + WARM_UP
    _bill_all(line, staged, range(staged.first_order, measured))
    with taking() as taken:
        _bill_all(line, staged, range(measured, staged.last_order + 1))
    rows = _rows_written(staged, ORDERS)
    _call_all(rows[:WARM_UP])
    case.add(ORDERS - WARM_UP, taken, took(partial(_call_all, rows[WARM_UP:])))


def _at_once(case: Case, staged: Staged, line: BusinessLine) -> None:
    """The first order of each connection opens it and is not counted."""
    before = _deadlocks()
    orders = range(staged.first_order, staged.last_order + 1)
    ours = _measured([partial(_bill_all, line, staged, [order]) for order in orders])
    rows = _rows_written(staged, len(orders))
    theirs = _measured([partial(_call_all, [row]) for row in rows])
    case.add(CONNECTIONS * EACH, ours, theirs)
    case.more["deadlocks"] += _deadlocks() - before


def _measured(work: Sequence[Callable[[], None]]) -> Taken:
    """What so many threads take for all but the first piece of work of each; a fault in one comes out."""
    ready, failed = threading.Barrier(CONNECTIONS + 1), list[BaseException]()
    left = iter(work[CONNECTIONS:])
    choosing = threading.Lock()

    def pieces() -> Iterator[Callable[[], None]]:
        while True:
            with choosing:
                piece = next(left, None)
            if piece is None:
                return
            yield piece

    def one(first: Callable[[], None]) -> None:
        try:
            with _told_when_done(ready):
                first()
            for piece in pieces():
                piece()
        except BaseException as fault:
            failed.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(first,)) for first in work[:CONNECTIONS]]
    for thread in threads:
        thread.start()
    ready.wait()
    with taking() as taken:
        for thread in threads:
            thread.join()
    if failed:
        raise failed[0]
    return taken


@contextmanager
def _told_when_done(ready: threading.Barrier) -> Iterator[None]:
    """Wait for the others, also after a fault: nobody shall wait for ever."""
    try:
        yield
    finally:
        ready.wait()


def _bill_all(line: BusinessLine, staged: Staged, orders: Iterable[int]) -> None:
    for order in orders:
        with transaction.atomic():
            bill_lines(
                business_line=line, first_order=order, last_order=order, as_of=end_of(staged.last_day),
                at=datetime.now(UTC), zone=zone(),
            )  # fmt: skip


def _rows_written(staged: Staged, count: int) -> list[dict[str, Any]]:
    rows = rows_of(_WRITTEN, [staged.first_order, staged.last_order])
    if len(rows) != count:
        raise RuntimeError(f"{count} orders were billed, {len(rows)} entries found")
    return rows


def _call_all(rows: Sequence[dict[str, Any]]) -> None:
    with connection.cursor() as cursor:
        for row in rows:
            cursor.execute(
                _CALL, [row["line"], row["entry"], row["parties"], row["accounts"], row["amounts"], bytes(32)]
            )


def _deadlocks() -> int:
    [row] = rows_of(_DEADLOCKS)
    return int(row["deadlocks"])
