"""Which batches nobody can add to any more: their numbers are drawn long before they commit."""

import time
from typing import Any

from django.db import connection

PATIENCE_SECONDS = 30.0
LOOK_SECONDS = 0.2
_DRAWN = "select case when is_called then last_value else 0 end from ledger_batch_id_seq"
# Every transaction holds a lock on its own virtual number until it has ended. Those of autovacuum have no user.
_UNDER_WAY = """
select l.virtualxid from pg_locks l join pg_stat_activity a on a.pid = l.pid
where l.locktype = 'virtualxid' and l.granted and l.pid <> pg_backend_pid() and a.usesysid is not null
  and a.datid = (select oid from pg_database where datname = current_database())
"""


def finished_batch(*, patience_seconds: float = PATIENCE_SECONDS) -> int | None:
    """This function will return a number up to which every batch has committed or never will: the latest one drawn,
    once each transaction that is under way now has ended. None when one of them outlasts our patience.

    It locks nothing and nobody waits for it. Not for transactions above READ COMMITTED, which would not see them.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DRAWN)
        drawn = int(cursor.fetchone()[0])
        awaited = _under_way(cursor)
        until = time.monotonic() + patience_seconds
        while awaited:
            if time.monotonic() > until:
                return None
            time.sleep(LOOK_SECONDS)
            awaited &= _under_way(cursor)
    return drawn


def _under_way(cursor: Any) -> set[str]:
    cursor.execute(_UNDER_WAY)
    return {row[0] for row in cursor.fetchall()}
