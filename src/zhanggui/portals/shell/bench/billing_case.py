"""Bulk billing end to end, durable, against a binary COPY of the same details as one row each; and closing
and replaying what was billed, against one sequential aggregate over the same rows."""

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import IO, Any

from django.db import connection, transaction

from zhanggui.clockwork.sweep_side_by_side import sweep_side_by_side
from zhanggui.journeys.goods_billable import goods_billable
from zhanggui.journeys.period_ended import period_ended
from zhanggui.portals.shell.bench.market import Staged, stage_month
from zhanggui.portals.shell.bench.measuring import Case, Taken, taking, took
from zhanggui.portals.shell.moments import clock, end_of, zone
from zhanggui.rows.side_by_side import usual_workers
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.replays.operations.replay_side_by_side import replay_side_by_side
from zhanggui.settlement.statements.models import Statement, StatementState

ACTOR = "zhanggui bench"
SMALLER = {1: 0, 3: 110}
"""Tenths of the size that are billed first, for the growth curve, and their months: the second far off, so that no
closing of the runs takes it along."""
_ROW_TABLE = """
create table bench_detail (party_id bigint not null, line_id bigint not null, event_id bigint not null,
  position smallint not null, order_id bigint not null, statement_id bigint not null,
  fee_type_id int not null, rule_id int not null, base bigint not null, amount bigint not null,
  occurred_at timestamptz not null, primary key (party_id, line_id, event_id, position))
"""
_DETAILS_OUT = """
copy (select party_id, line_id, event_id, position::smallint, order_id, statement_id, fee_type_id, rule_id,
  base, amount, occurred_at from settlement_detail where line_id between {} and {}
  order by party_id, line_id, event_id, position) to stdout (format binary)
"""
_AGGREGATE = (
    "select fee, sum(amount) from {} b join settlement_detail_pattern p on p.id = b.pattern_id,"
    " unnest(p.fee_types, b.amounts) as d(fee, amount) group by fee"
)


def billing_cases(line: BusinessLine, lines: int, runs: int, tell: Callable[[str], None]) -> list[Case]:
    """Run by run: stage a month, bill it, COPY its details, close it, replay it; then the audit."""
    bill = Case("bulk billing, end to end", "binary COPY of the same details, a row each", "details", 5.0)
    close = Case("close a period", "one sequential aggregate of its rows", "lines", 0.3)
    replay = Case("replay a period", "one sequential aggregate of its rows", "lines", 0.3)
    audit = Case("audit everything", "one sequential aggregate of all rows", "lines", 0.3)
    with connection.cursor() as cursor:
        cursor.execute(_ROW_TABLE)
    growth = []
    for share, month in SMALLER.items():
        size = max(lines * share // 10, 1)
        tell(f"{size:,} lines first")
        growth.append(_point(size, _bill(line, month, size, None)))
    taken, sizes = [], list[int]()
    for run in range(1, runs + 1):
        tell(f"billing, run {run} of {runs}")
        taken.append(_bill(line, run, lines, bill, (close, replay), sizes))
    median = sorted(taken, key=lambda one: one.seconds)[len(taken) // 2]
    bill.more["lines"] = lines
    bill.more["bytes_per_line"] = round(sorted(sizes)[len(sizes) // 2] / lines)
    bill.more["lines_per_second"] = round(lines / median.seconds)
    bill.more["growth"] = [*growth, _point(lines, median)]
    bill.more["growth_at_10_times"] = round(median.seconds / growth[0]["seconds"], 2)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from settlement_billed_line")
        everything = cursor.fetchone()[0]
    for run in range(1, runs + 1):
        tell(f"audit, run {run} of {runs}")
        with taking() as taken:
            broken = {one.name: one.rows for one in sweep_side_by_side(workers=usual_workers()) if one.rows}
        if broken:
            raise RuntimeError(f"the benchmark's books do not balance: {broken}")
        audit.add(everything, taken, _aggregate("settlement_billed_line"))
    return [bill, close, replay, audit]


def _bill(
    line: BusinessLine, month: int, lines: int, case: Case | None,
    period: tuple[Case, Case] | None = None, sizes: list[int] | None = None,
) -> Taken:  # fmt: skip
    """Stage and bill one month; what it took us. With cases, measure what they are held against too, and add to
    `sizes` by how many bytes the database grew, keys and all."""
    before = _database_bytes()
    staged = stage_month(line, month, lines)
    with taking() as taken:
        billed = goods_billable(
            business_line=line, as_of=end_of(staged.last_day), clock=clock, zone=zone(), actor=ACTOR,
            workers=usual_workers(),
        )  # fmt: skip
    if billed.lines != lines:
        raise RuntimeError(f"{lines} lines were staged and {billed.lines} billed")
    if sizes is not None:
        sizes.append(_database_bytes() - before)
    if case:
        case.add(billed.details, taken, _copy_rows(staged))
        case.more["details_per_line"] = round(billed.details / lines, 3)
    if period:
        _close_and_replay(staged, lines, *period)
    return taken


def _database_bytes() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _point(lines: int, taken: Taken) -> dict[str, Any]:
    """A point of the growth curve."""
    return {
        "lines": lines, "seconds": round(taken.seconds, 4), "memory_mib": taken.memory_mib,
        "server_mib": taken.server_mib,
    }  # fmt: skip


def _copy_rows(staged: Staged) -> Taken:
    """The same details into one table with the natural key; encoding them is not counted."""
    with tempfile.TemporaryFile() as file:
        with connection.cursor() as cursor:
            with cursor.copy(_DETAILS_OUT.format(staged.first_line, staged.last_line)) as copy:
                for block in copy:
                    file.write(block)
            cursor.execute("checkpoint" if _may_checkpoint(cursor) else "select 1")
        file.seek(0)
        return took(lambda: _copy_in(file))


def _may_checkpoint(cursor: object) -> bool:
    cursor.execute("select pg_has_role(current_user, 'pg_checkpoint', 'member')")  # type: ignore[attr-defined]
    return bool(cursor.fetchone()[0])  # type: ignore[attr-defined]


def _copy_in(file: IO[bytes]) -> None:
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.copy("copy bench_detail from stdin (format binary)") as copy,
    ):
        while block := file.read(1 << 20):
            copy.write(block)


def _close_and_replay(staged: Staged, lines: int, close: Case, replay: Case) -> None:
    began = datetime.now(UTC)
    with taking() as closing:
        period_ended(through=staged.last_day, clock=clock, zone=zone(), actor=ACTOR)
    closed = Statement.objects.filter(closed_at__gte=began).exclude(state=StatementState.OPEN)
    keys = list(closed.order_by("party_id", "id").values_list("party_id", "id"))
    with connection.cursor() as cursor:
        cursor.execute(
            "create table bench_lines as"
            " select * from settlement_billed_line where line_id between %s and %s",
            [staged.first_line, staged.last_line],
        )
    aggregate = _aggregate("bench_lines")
    close.add(lines, closing, aggregate)
    close.more["statements"] = len(keys)
    with taking() as replaying:
        different = [
            one.number
            for one in replay_side_by_side(keys=keys, zone=zone(), workers=usual_workers())
            if not one.equal
        ]
    if different:
        raise RuntimeError(f"statements do not replay: {different[:5]}")
    replay.add(lines, replaying, aggregate)
    with connection.cursor() as cursor:
        cursor.execute("drop table bench_lines")


def _aggregate(table: str) -> Taken:
    """Summing every detail of a table by fee, in one process of the server."""
    with connection.cursor() as cursor:
        cursor.execute("set max_parallel_workers_per_gather to 0")
        try:
            twice = [took(lambda: cursor.execute(_AGGREGATE.format(table))) for _ in range(2)]
            return min(twice, key=lambda one: one.seconds)
        finally:
            cursor.execute("reset max_parallel_workers_per_gather")
