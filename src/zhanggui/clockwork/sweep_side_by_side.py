"""All invariants as of one moment, by several connections at once."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection, transaction

from zhanggui.clockwork.sweep_invariants import CHECKS, Check
from zhanggui.rows.side_by_side import side_by_side

_ISOLATED = "set transaction isolation level repeatable read, read only"


@dataclass(frozen=True)
class Swept:
    """One check: its name, the offending rows (at most 1,000), the seconds it took."""

    name: str
    rows: list[dict[str, Any]]
    seconds: float


def sweep_side_by_side(*, workers: int, checks: Sequence[Check] = CHECKS) -> Iterator[Swept]:
    """This function will run the checks and yield each one's result, in their order.

    All see one snapshot: what others commit meanwhile must not look like a difference. `workers` connections
    share the checks, see `side_by_side`, and are given the snapshot. Must not run inside a transaction, whose own
    snapshot would be another.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(_ISOLATED)
            cursor.execute("select pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
        pieces = [
            partial(_timed, check) if workers <= 1 else partial(_seeing, snapshot, check) for check in checks
        ]
        yield from side_by_side(pieces, workers=workers)


def _seeing(snapshot: str, check: Check) -> Swept:
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(_ISOLATED)
            cursor.execute("set transaction snapshot %s", [snapshot])
        return _timed(check)


def _timed(check: Check) -> Swept:
    began = time.perf_counter()
    rows = check()
    return Swept(check.__name__, rows, time.perf_counter() - began)
