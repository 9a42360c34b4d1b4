"""Tell parties and buyers what happened."""

import logging
from collections.abc import Sequence
from datetime import datetime

import orjson
from django.db import DatabaseError, connection, transaction

from zhanggui.outbox.rules import Told

INSERT = """
insert into outbox_notice (party_id, buyer_id, kind, subject, cause, about, at)
select party_id, buyer_id, kind, subject, cause, about, %s
from unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::jsonb[])
  as v(party_id, buyer_id, kind, subject, cause, about)
on conflict (party_id, buyer_id, kind, cause) do nothing
"""
log = logging.getLogger(__name__)


def write_notices(*, told: Sequence[Told], at: datetime) -> int:
    """This function will write notices in the caller's transaction, in one statement, and return how many are new:
    who was told of a cause before is not told again. Whatever is wrong with them never fails the act they tell of:
    they are left out, and the log says so."""
    rows = [one for one in told if one.party_id or one.buyer_id]
    if not rows:
        return 0
    columns = [
        [one.party_id for one in rows], [one.buyer_id for one in rows], [one.kind for one in rows],
        [one.subject for one in rows], [one.cause or one.subject for one in rows],
        [orjson.dumps(dict(one.about)).decode() for one in rows],
    ]  # fmt: skip
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(INSERT, [at, *columns])
            return int(cursor.rowcount)
    except DatabaseError:
        log.exception("notices were not written: %s", [f"{one.kind} {one.subject}" for one in rows[:10]])
        return 0
