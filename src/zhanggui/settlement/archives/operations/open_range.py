"""Open a range of line numbers: lines from then on stand in tables of their own."""

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.db import OperationalError, connection, transaction
from psycopg import sql
from psycopg.errors import LockNotAvailable

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.archives.errors import LinesBusy
from zhanggui.settlement.archives.models import LineRange
from zhanggui.settlement.archives.ranges import (
    LINE_NUMBERS,
    TABLES_IN_RANGES,
    Range,
    guards_of,
    latest_number,
    range_name,
    ranges_of,
)
from zhanggui.settlement.archives.rules import next_edge

WAIT = "3s"
"""For how long others may stand behind us while we wait for a table."""
TRIES, PAUSE = 20, 3.0  # seconds between tries
_ENDS = sql.Identifier("line_range_ends")


def open_range(*, at: datetime, actor: str, tries: int = TRIES) -> int:
    """This function will end the present range of every table in ranges, open the next one, and return its first
    number, which the next line to be staged bears.

    Must run outside any transaction. What the present range holds is read once while others go on writing; then each
    table is locked for as long as its catalogue is written. Killed anywhere, the next run goes on from there. Raises
    LinesBusy if a table could not be had.
    """
    ranges = {table: ranges_of(table)[-1] for table in TABLES_IN_RANGES}
    edge = max(found.first for found in ranges.values())
    if all(found.first == edge for found in ranges.values()):
        edge = next_edge(latest_number())
    for table, present in ranges.items():
        if present.first < edge:
            _patiently(partial(_end, table, present, edge), tries)
    with transaction.atomic():
        LineRange.objects.get_or_create(first_line=edge, defaults={"opened_at": at, "actor": actor})
        record_change(
            at=at, actor=actor, action="line_range.opened", object_kind="line_range", object_id=str(edge),
            after={"tables": [range_name(table, edge) for table in TABLES_IN_RANGES]},
        )  # fmt: skip
    _draw_from(edge)
    return edge


def _end(table: str, present: Range, edge: int) -> None:
    """The rows are held against the edge by a check that others write under, so that the swap reads none."""
    own, whole = sql.Identifier(present.name), sql.Identifier(table)
    checked = sql.SQL("line_id < {}").format(sql.Literal(edge))
    if present.first:
        checked = sql.SQL("{} and line_id >= {}").format(checked, sql.Literal(present.first))
    _run(
        sql.SQL("alter table {} drop constraint if exists {}").format(own, _ENDS),
        sql.SQL("alter table {} add constraint {} check ({}) not valid").format(own, _ENDS, checked),
    )
    _run(sql.SQL("alter table {} validate constraint {}").format(own, _ENDS))
    ahead = range_name(table, edge)
    _run(
        sql.SQL("lock table {} in access exclusive mode").format(whole),
        sql.SQL("alter table {} detach partition {}").format(whole, own),
        sql.SQL("alter table {} attach partition {} for values from ({}) to ({})").format(
            whole, own, present.lowest, sql.Literal(edge)
        ),
        sql.SQL("create table {} partition of {} for values from ({}) to (maxvalue)").format(
            sql.Identifier(ahead), whole, sql.Literal(edge)
        ),
        guards_of(table, ahead),
        sql.SQL("alter table {} drop constraint {}").format(own, _ENDS),
    )


def _patiently(act: Callable[[], None], tries: int) -> None:
    for left in range(tries - 1, -1, -1):
        try:
            act()
        except OperationalError as failed:
            if not isinstance(failed.__cause__, LockNotAvailable):
                raise
            if not left:
                raise LinesBusy(
                    "lines are being written or read all the time; the range is opened by the next run, and until"
                    " then they go where they went"
                ) from failed
            time.sleep(PAUSE)
        else:
            return


def _run(*statements: sql.Composable) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select set_config('lock_timeout', %s, true)", [WAIT])
        for statement in statements:
            cursor.execute(statement)


def _draw_from(edge: int) -> None:
    """Numbers jump to the new range. There are many to spare before it, so nobody draws beyond it meanwhile."""
    if latest_number() < edge - 1:
        with connection.cursor() as cursor:
            cursor.execute("select setval(%s, %s)", [LINE_NUMBERS, edge - 1])
