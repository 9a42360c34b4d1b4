"""Reading beside the database: on a replica that has caught up, where there is one."""

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import Error, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

ALIAS = "replica"  # of no entry of DATABASES: nothing is ever migrated or written there
LOOK_SECONDS = 0.02
logger = logging.getLogger("zhanggui.replica")


class _Behind(Exception):
    """The replica has not replayed yet what was committed when it was asked."""


def on_replica[T](work: Callable[[], T]) -> T:
    """This function will do work that only reads, on the replica if there is one, and return what it returns.

    The replica sees at least what was committed when this was called: it is waited for, REPLICA_WAIT_SECONDS at most.
    Where none is named, in a transaction, and where the replica is behind, away, or gives the work up (what it
    replays is in the way, or something was to be written), the work is done on the database itself, from its
    beginning; so it must bear being done twice.
    """
    if settings.REPLICA is None or connection.in_atomic_block:
        return work()
    try:
        return _there(work, _committed())
    except (Error, _Behind) as gave_up:
        logger.warning("read on the database itself: %s", gave_up)
        return work()


def reads_on_replica[**P, T](view: Callable[P, T]) -> Callable[P, T]:
    """A view whose GET only reads, done on the replica."""

    @wraps(view)
    def reading(*given: P.args, **named: P.kwargs) -> T:
        request: Any = given[0]
        if request.method not in ("GET", "HEAD"):
            return view(*given, **named)
        return on_replica(lambda: view(*given, **named))

    return reading


def _committed() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select pg_current_wal_insert_lsn()::text")
        return str(cursor.fetchone()[0])


def _there[T](work: Callable[[], T], committed: str) -> T:
    """Do it with the replica in the place of the database, for this thread alone."""
    usual = connections["default"]
    beside = _beside()
    connections["default"] = connections[ALIAS] = (
        beside  # by its alias what comes with a connection asks for it
    )
    try:
        _catch_up(committed)
        return work()
    finally:
        connections["default"] = usual
        del connections[ALIAS]
        beside.close()


def _beside() -> BaseDatabaseWrapper:
    known = ConnectionHandler({"default": settings.REPLICA, ALIAS: settings.REPLICA})
    beside: BaseDatabaseWrapper = known.create_connection(ALIAS)
    return beside


def _catch_up(committed: str) -> None:
    until = time.monotonic() + settings.REPLICA_WAIT_SECONDS
    while not _replayed(committed):
        if time.monotonic() >= until:
            raise _Behind(f"the replica is behind {committed}")
        time.sleep(LOOK_SECONDS)


def _replayed(committed: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select pg_last_wal_replay_lsn() >= %s::pg_lsn", [committed])
        return bool(cursor.fetchone()[0])  # null: this is no replica
