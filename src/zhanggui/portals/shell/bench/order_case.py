"""One order with 20 fees in one transaction, against a stored procedure that writes the same rows."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db import connection, transaction

from zhanggui.portals.shell.bench.market import stage_month
from zhanggui.portals.shell.bench.measuring import Case, taking, took
from zhanggui.portals.shell.moments import end_of, zone
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.billing.operations.bill_lines import bill_lines
from zhanggui.settlement.entities.models import BusinessLine

ORDERS, WARM_UP, SHOPS = 120, 20, 10
MONTH = 120
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


def order_case(line: BusinessLine, runs: int) -> Case:
    """Bill orders of one line one by one, each in a transaction of its own that is durable when it ends.

    Statements and accounts are there before, as they are in a running mall: the first orders make them.
    """
    case = Case("one order with 20 fees", "a bare stored procedure writing the same rows", "orders", 0.5)
    with connection.cursor() as cursor:
        cursor.execute(_TWINS)
    for run in range(runs):
        staged = stage_month(line, MONTH + run, ORDERS, per_order=1, merchants=SHOPS)
        measured = staged.first_order + WARM_UP
        for order in range(staged.first_order, measured):
            _bill_one(line, order, staged)
        with taking() as taken:
            for order in range(measured, staged.last_order + 1):
                _bill_one(line, order, staged)
        rows = rows_of(_WRITTEN, [staged.first_order, staged.last_order])
        if len(rows) != ORDERS:
            raise RuntimeError(f"{ORDERS} orders were billed, {len(rows)} entries found")
        _call_all(rows[:WARM_UP])
        theirs = took(partial(_call_all, rows[WARM_UP:]))
        case.add(ORDERS - WARM_UP, taken, theirs)
    case.more["orders"] = ORDERS - WARM_UP
    return case


def _bill_one(line: BusinessLine, order: int, staged: Any) -> None:
    with transaction.atomic():
        bill_lines(
            business_line=line, first_order=order, last_order=order, as_of=end_of(staged.last_day),
            at=datetime.now(UTC), zone=zone(),
        )  # fmt: skip


def _call_all(rows: Sequence[dict[str, Any]]) -> None:
    with connection.cursor() as cursor:
        for row in rows:
            cursor.execute(
                _CALL, [row["line"], row["entry"], row["parties"], row["accounts"], row["amounts"], bytes(32)]
            )
