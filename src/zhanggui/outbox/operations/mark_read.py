"""Somebody has read notices."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

MARK = """
insert into outbox_notice_read (notice_id, party_id, user_id, at)
select n.id, n.party_id, %(user)s, %(at)s from outbox_notice n
where {whose} and (%(ids)s::bigint[] is null or n.id = any(%(ids)s))
on conflict (notice_id, user_id) do nothing
"""


def mark_read(
    *, user_id: int, at: datetime, party_id: int = 0, kinds: Sequence[str] = (), buyer_ids: Sequence[int] = (),
    ids: Sequence[int] | None = None,
) -> int:  # fmt: skip
    """This function will mark notices of a party (of these `kinds`) or of a buyer as read by a person, in the
    caller's transaction, and return how many were new to them: those of `ids`, or all."""
    whose = (
        "n.party_id = %(party)s and n.kind = any(%(kinds)s)" if party_id else "n.buyer_id = any(%(buyers)s)"
    )
    params = {
        "user": user_id, "at": at, "party": party_id, "kinds": list(kinds), "buyers": list(buyer_ids),
        "ids": None if ids is None else list(ids),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(MARK.format(whose=whose), params)
        return int(cursor.rowcount)
