"""All invariants as of one moment, by several connections at once."""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from django.db import connection, connections, transaction

from zhanggui.clockwork.sweep_invariants import CHECKS, Check

_ISOLATED = "set transaction isolation level repeatable read, read only"


@dataclass(frozen=True)
class Swept:
    """One check: its name, the offending rows (at most 1,000), the seconds it took."""

    name: str
    rows: list[dict[str, Any]]
    seconds: float


def sweep_side_by_side(*, workers: int, checks: Sequence[Check] = CHECKS) -> Iterator[Swept]:
    """This function will run the checks and yield each one's result, in their order.

    All see one snapshot: what others commit meanwhile must not look like a difference. `workers` threads share
    the checks, each on a connection of its own that is given the snapshot; with one worker they run here. Must not
    run inside a transaction, whose own snapshot would be another.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(_ISOLATED)
        if workers <= 1:
            yield from (_timed(check) for check in checks)
            return
        with connection.cursor() as cursor:
            cursor.execute("select pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
        results = [Future[Swept]() for _ in checks]
        left: _Left = SimpleQueue()
        for pair in zip(checks, results, strict=True):
            left.put(pair)
        threads = [Thread(target=_take, args=(left, snapshot), name="sweep") for _ in range(workers)]
        for thread in threads:
            thread.start()
        try:
            for one in results:
                yield one.result()
        finally:
            deque(_each(left), maxlen=0)  # whoever stops asking, stops the rest
            for thread in threads:
                thread.join()


type _Left = SimpleQueue[tuple[Check, Future[Swept]]]


def _take(left: _Left, snapshot: str) -> None:
    """Do checks while there are any; whatever goes wrong, nobody waits for a result in vain."""
    result: Future[Swept] = Future()
    try:
        with transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                cursor.execute(_ISOLATED)
                cursor.execute("set transaction snapshot %s", [snapshot])
            for check, result in _each(left):
                result.set_result(_timed(check))
    except Exception as problem:
        for failed in (result, *(one for _, one in _each(left))):
            if not failed.done():
                failed.set_exception(problem)
    finally:
        connections.close_all()


def _each(left: _Left) -> Iterator[tuple[Check, Future[Swept]]]:
    with suppress(Empty):
        while True:
            yield left.get_nowait()


def _timed(check: Check) -> Swept:
    began = time.perf_counter()
    rows = check()
    return Swept(check.__name__, rows, time.perf_counter() - began)
