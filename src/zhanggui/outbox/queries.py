"""Reads of notices."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from zhanggui.outbox.models import Notice, NoticeRead
from zhanggui.outbox.rules import UNREAD_DAYS, UNREAD_MOST

UNREAD = """
select count(*) from (select from outbox_notice n where {whose} and n.at >= %(since)s
 and not exists (select from outbox_notice_read r where r.notice_id = n.id and r.user_id = %(user)s)
 order by n.id desc limit %(most)s) unread
"""


def party_notices(*, party_id: int, kinds: Sequence[str], user_id: int) -> QuerySet[Notice]:
    """What a party was told of these kinds, with `read` by this person; the latest first."""
    return _with_read(Notice.objects.filter(party_id=party_id, kind__in=kinds), user_id)


def buyer_notices(*, buyer_ids: Sequence[int], user_id: int) -> QuerySet[Notice]:
    """What a buyer (one person, of merged log-ins too) was told, with `read`; the latest first."""
    return _with_read(Notice.objects.filter(buyer_id__in=buyer_ids), user_id)


def _with_read(rows: QuerySet[Notice], user_id: int) -> QuerySet[Notice]:
    read = NoticeRead.objects.filter(notice=OuterRef("pk"), user_id=user_id)
    return rows.annotate(read=Exists(read)).order_by("-id")


def unread_of_party(*, party_id: int, kinds: Sequence[str], user_id: int, at: datetime) -> int:
    """How many of a party's notices of these kinds the person has not read; at most UNREAD_MOST."""
    return _unread(
        "n.party_id = %(party)s and n.party_id > 0 and n.kind = any(%(kinds)s)",
        {"party": party_id, "kinds": list(kinds), "user": user_id, "since": at - timedelta(days=UNREAD_DAYS)},
    )  # fmt: skip


def unread_of_buyer(*, buyer_ids: Sequence[int], user_id: int, at: datetime) -> int:
    """How many notices the buyer has not read; at most UNREAD_MOST."""
    return _unread(
        "n.buyer_id = any(%(buyers)s) and n.buyer_id > 0",
        {"buyers": list(buyer_ids), "user": user_id, "since": at - timedelta(days=UNREAD_DAYS)},
    )  # fmt: skip


def _unread(whose: str, params: dict[str, object]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(UNREAD.format(whose=whose), params | {"most": UNREAD_MOST})
        return int(cursor.fetchone()[0])
