"""Record one change in the audit log."""

import hashlib
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from zhanggui.audit.models import AuditRecord

GENESIS = bytes(32)
CHAIN_LOCK = 0x5A47_0001


def digest(record: AuditRecord) -> bytes:
    """This function will return the hash of `record` over its predecessor's hash and its own content."""
    content = [
        record.at.timestamp(), record.actor, record.party_id, record.action,
        record.object_kind, record.object_id, record.before, record.after,
    ]  # fmt: skip
    return hashlib.sha256(
        bytes(record.previous_hash) + orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    ).digest()


def record_change(
    *,
    at: datetime,
    actor: str,
    action: str,
    object_kind: str,
    object_id: str,
    before: Any = None,
    after: Any = None,
    party_id: int = 0,
) -> AuditRecord:
    """This function will append one record to the chain, inside the caller's transaction.

    The chain is serialised by an advisory lock held to the end of the transaction; record late.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
    latest = AuditRecord.objects.order_by("-id").first()
    record = AuditRecord(
        at=at, actor=actor, action=action, object_kind=object_kind, object_id=object_id,
        before=before, after=after, party_id=party_id,
        previous_hash=bytes(latest.hash) if latest else GENESIS,
    )  # fmt: skip
    record.hash = digest(record)
    record.save(force_insert=True)
    return record
