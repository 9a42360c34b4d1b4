"""Orders and refunds came in: from a file, or as one call of the API."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo

from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.errors import IdempotencyKeyConflict
from zhanggui.settlement.intake.models import ImportRun
from zhanggui.settlement.intake.operations.import_orders import Source, import_orders
from zhanggui.settlement.intake.records import Record


def orders_received(
    *, business_line: BusinessLine, source: Source, clock: Callable[[], datetime], zone: tzinfo, actor: str,
    progress: Callable[[int], None] = lambda count: None,
) -> ImportRun:  # fmt: skip
    """This function will stage a source of orders and refunds and return its run (totals, rejects)."""
    return import_orders(
        business_line=business_line, source=source, at=clock, zone=zone, actor=actor, progress=progress
    )


def batch_received(
    *, business_line: BusinessLine, key: str, records: Sequence[Record], body: bytes,
    clock: Callable[[], datetime], zone: tzinfo, actor: str,
) -> ImportRun:  # fmt: skip
    """This function will stage one batch sent by a program. `key` is the caller's idempotency key, `body`
    what was sent: the same key and body again return the first run. Raises IdempotencyKeyConflict when the key
    was used with another body."""
    digest = hashlib.sha256(key.encode() + b"\0" + body).digest()
    runs = ImportRun.objects.filter(business_line=business_line, format="api", source_name=f"api:{key}"[:255])
    if any(bytes(run.source_digest) != digest for run in runs):
        raise IdempotencyKeyConflict(f"key {key!r} was used for another batch; send a new key")
    source = Source(format="api", name=f"api:{key}", digest=digest, records=records)
    return orders_received(business_line=business_line, source=source, clock=clock, zone=zone, actor=actor)
