"""zhanggui rotate-keys: a new key for everything sealed, in batches that a kill does not undo."""

import argparse
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from zhanggui.audit.operations.record_change import record_change
from zhanggui.backups.queries import keys_in_use
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.vault.errors import RotationRunning
from zhanggui.vault.installed import installed_ring, installed_ring_or_new
from zhanggui.vault.operations.add_key import add_key
from zhanggui.vault.operations.reseal_batch import reseal_batch
from zhanggui.vault.operations.retire_keys import retire_keys
from zhanggui.vault.queries import values_by_key
from zhanggui.vault.sealed_columns import SEALED

HELP = "seal account numbers and other secrets under a new key; run it again after a kill; 1 if a value is broken"
ACTOR = "zhanggui rotate-keys"
LOCK = 0x5A47_0003
BATCH = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--keep-hours",
        type=int,
        default=24,
        help="keep an unused old key so long after the next one was made (default %(default)s)",
    )


def run(options: argparse.Namespace, out: Output) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise RotationRunning("another process is rotating the keys; wait for it, then run this again")
        try:
            document = _rotated(timedelta(hours=max(options.keep_hours, 0)), out)
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [LOCK])
    out.result(document, _told)
    return 1 if document["broken"] else 0


def _rotated(kept_for: timedelta, out: Output) -> dict[str, Any]:
    ring, counts = installed_ring_or_new(), values_by_key()
    old = ring.current.id
    # Values under an earlier key mean that a rotation was cut short: go on with its key instead of adding one.
    unfinished = sum(count for key_id, count in counts.items() if key_id != old and ring.key(key_id))
    added = "" if unfinished else add_key(at=clock()).id.hex()
    resealed, broken = _resealed(out, sum(counts.values()) if added else unfinished)
    retired = [key.id.hex() for key in retire_keys(at=clock(), kept_for=kept_for, also_used=keys_in_use())]
    ring = installed_ring()
    document = {
        "current_key": ring.current.id.hex(), "added": added, "resealed": resealed, "broken": broken,
        "retired": retired, "keys": [key.id.hex() for key in ring.keys],
    }  # fmt: skip
    with transaction.atomic():
        record_change(
            at=clock(), actor=ACTOR, action="keys.rotated", object_kind="key_ring",
            object_id=ring.current.id.hex(), before={"current_key": old.hex()},
            after={name: document[name] for name in ("current_key", "resealed", "retired")}
            | {"broken": len(broken)},
        )  # fmt: skip
    return document


def _resealed(out: Output, expected: int) -> tuple[int, list[str]]:
    """Each batch is a transaction of its own: a kill loses at most one."""
    ring, count, broken = installed_ring(), 0, list[str]()
    with out.progress(expected, "sealing again") as steps:
        for column in SEALED:
            after = None
            while True:
                with transaction.atomic():
                    done = reseal_batch(column=column, ring=ring, after=after, limit=BATCH)
                count += done.count
                broken += done.broken
                steps.advance(done.count)
                if done.last is None:
                    break
                after = done.last
    return count, broken


def _told(document: Mapping[str, Any]) -> str:
    lines = [
        f"new key {document['added']}"
        if document["added"]
        else f"went on with key {document['current_key']}",
        f"{document['resealed']:,} values sealed again",
    ]
    lines += [f"retired key {key}" for key in document["retired"]]
    lines += [f"still on the ring: {key}" for key in document["keys"][1:]]
    return "\n".join(lines + [f"broken: {one}" for one in document["broken"]])
