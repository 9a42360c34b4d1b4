"""Connections that web workers keep between requests, and what is wiped off them before somebody else's."""

from typing import Any

import psycopg

from zhanggui.parties.tenancy import PARTY_SETTING

LEAST_KEPT = 2
WIPE = (
    "select pg_advisory_unlock_all(), set_config('role', 'none', false),"
    f" set_config('{PARTY_SETTING}', '', false)"
)


def kept_connections(most: int) -> dict[str, Any]:
    """The `pool` of Django's OPTIONS: at most so many connections of this process at a time.

    A request that finds all of them taken waits up to half a minute, then fails.
    """
    return {"min_size": min(LEAST_KEPT, most), "max_size": most, "timeout": 30, "reset": wipe}


def wipe(connection: psycopg.Connection[Any]) -> None:
    """This function will take from a connection what a request may have left on it: a party's eyes, a lock.

    Both end with their transaction anyway (`parties/tenancy`); a bug in that must not show one merchant's rows to
    another. A connection that cannot be wiped is thrown away by the pool.
    """
    connection.autocommit = True
    connection.execute(WIPE)
