"""Finish a range of lines: from now on the database refuses to write to it, and its figures are kept."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.db import OperationalError, connection
from psycopg import sql
from psycopg.errors import LockNotAvailable

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.archives.errors import LinesBusy, RangeChanged
from zhanggui.settlement.archives.finishing import (
    STATEMENTS,
    Figures,
    archives_in,
    figures,
    next_to_finish,
    refuse_open,
    tables_of,
    unchanged,
)
from zhanggui.settlement.archives.ranges import FINISHED
from zhanggui.settlement.archives.rules import GENESIS, range_hash
from zhanggui.settlement.details.models import FinishedRange

WAIT = "3s"
"""For how long others may stand behind us while we wait for a table."""
_KEEP = f"""
insert into settlement_finished_statement (first_line, party_id, statement_id, lines, details, net_minor, leaves)
select %(first)s, one.* from ({STATEMENTS}) one
"""


def finish_range(*, wanted: Figures, folder: Path, asked_by: str, at: datetime, actor: str) -> FinishedRange:
    """This function will finish the range that was put up for approval, in the caller's transaction, which keeps
    intake and billing out (`hold_for_closing`, `hold_for_intake` of every business line).

    Everything that was proved when it was asked for must still be so: nothing is open, the database holds the same
    rows, every file has its SHA-256. Raises RangeNotClosed, RangeChanged, RangeNotSettled, ArchiveDamaged, LinesBusy.
    """
    found = next_to_finish()
    first, end = found.first, found.end or 0
    _hold(first)
    archives = archives_in(first, end)
    now = figures(first, end, archives)
    if now != wanted:
        differs = ", ".join(name for name, one in asdict(now).items() if one != asdict(wanted)[name])
        raise RangeChanged(
            f"the range from line {wanted.first_line} on is not what was put up for approval ({differs}); reject the"
            " request and ask again",
            first=wanted.first_line,
        )
    refuse_open(first, end)
    unchanged(folder, archives)
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, {"first": first, "end": end})
    row = _record(wanted, asked_by, at, actor)
    _guard(first)
    return row


def _record(wanted: Figures, asked_by: str, at: datetime, actor: str) -> FinishedRange:
    latest = FinishedRange.objects.order_by("-first_line").first()
    previous = bytes(latest.hash) if latest else GENESIS
    digests = [
        bytes.fromhex(one) for one in (wanted.billed_digest, wanted.staged_digest, wanted.archives_digest)
    ]
    row = FinishedRange.objects.create(
        first_line=wanted.first_line, end_line=wanted.end_line, finished_at=at, asked_by=asked_by, actor=actor,
        billed=wanted.billed, staged=wanted.staged, statements=wanted.statements, billed_digest=digests[0],
        staged_digest=digests[1], archives_digest=digests[2], previous_hash=previous,
        hash=range_hash(previous, wanted.first_line, wanted.end_line, *digests),
    )  # fmt: skip
    record_change(
        at=at, actor=actor, action="line_range.finished", object_kind="line_range", object_id=str(row.first_line),
        after=asdict(wanted) | {"asked_by": asked_by, "hash": bytes(row.hash).hex()},
    )  # fmt: skip
    return row


def _hold(first: int) -> None:
    """Whoever writes lines of the range goes first; who comes later, waits."""
    names = sql.SQL(", ").join(map(sql.Identifier, tables_of(first)))
    _run(sql.SQL("lock table {} in share mode").format(names))


def _guard(first: int) -> None:
    """A check that no row passes and that is not asked of those that are there: nothing is read for it."""
    for name in tables_of(first):
        _run(
            sql.SQL("alter table {} add constraint {} check (false) not valid").format(
                sql.Identifier(name), sql.Identifier(FINISHED)
            )
        )


def _run(statement: sql.Composable) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select set_config('lock_timeout', %s, true)", [WAIT])
            cursor.execute(statement)
            cursor.execute("set local lock_timeout to default")
    except OperationalError as failed:
        if not isinstance(failed.__cause__, LockNotAvailable):
            raise
        raise LinesBusy(
            "lines of the range are being read or written; nothing was done, try again in a moment"
        ) from failed
