"""Back the installation up: by schedule with retention, and on demand."""

import importlib.metadata
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path

from django.conf import settings
from django.db import transaction

from zhanggui.audit.operations.record_change import record_change
from zhanggui.backups.errors import NoBackup
from zhanggui.backups.models import Backup, BackupKind
from zhanggui.backups.operations.make_backup import Installation, make_backup
from zhanggui.backups.operations.prune_backups import prune_backups
from zhanggui.backups.operations.try_restore import Tried, try_restore
from zhanggui.backups.queries import latest_good
from zhanggui.backups.rules import Retention
from zhanggui.backups.sealed_file import Opener
from zhanggui.vault import key_ring
from zhanggui.vault.errors import KeyRingUnusable
from zhanggui.vault.installed import installed_ring, installed_ring_or_new
from zhanggui.vault.queries import values_by_key

RING = "vault"
SUFFIX = ".zgbackup"


def back_up(
    *, clock: Callable[[], datetime], zone: tzinfo, actor: str, kind: BackupKind, path: Path | None = None,
    passphrase: str | None = None,
) -> Backup:  # fmt: skip
    """This function will make a backup at `path`, else under its moment in the folder of backups, and note it in the
    audit log; a scheduled one then takes away those that retention does not keep.

    `passphrase` is the installation's when left out; empty leaves the keys out. Raises what `make_backup` raises.
    """
    if path is None:
        settings.BACKUP_FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = settings.BACKUP_FOLDER / f"zhanggui-{clock().astimezone(zone):%Y%m%d-%H%M%S}{SUFFIX}"
    row = make_backup(
        path=path, installation=this_installation(), kind=kind, clock=clock, actor=actor,
        passphrase=settings.BACKUP_PASSPHRASE if passphrase is None else passphrase,
    )  # fmt: skip
    gone = []
    if kind == BackupKind.SCHEDULED:
        retention = Retention(settings.BACKUP_DAILY, settings.BACKUP_WEEKLY, settings.BACKUP_MONTHLY)
        gone = prune_backups(retention=retention, zone=zone, at=clock())
    with transaction.atomic():
        record_change(
            at=clock(), actor=actor, action="backup.made", object_kind="backup", object_id=path.name[:128],
            after={"bytes": row.size_bytes, "sha256": row.sha256, "kind": row.kind, "with_keys": row.with_keys,
                   "removed": [Path(one.path).name for one in gone]},
        )  # fmt: skip
    return row


def this_installation() -> Installation:
    """This function will say what of this installation goes into a backup beside the database."""
    used = [key_id.hex() for key_id in values_by_key()]
    try:
        ring = installed_ring()
    except KeyRingUnusable:
        if used:  # the ring is lost: a new one would hide it
            raise
        ring = installed_ring_or_new()
    return Installation(
        version=importlib.metadata.version("zhanggui"),
        files=Path(settings.MEDIA_ROOT),
        keys={RING: key_ring.written(ring)},
        keys_used=used,
        seal_id=ring.current.id.hex(),
        seal_key=ring.current.secret,
    )


def keys_here() -> dict[str, bytes]:
    """This function will return the keys of this installation's ring by id (hex); none where there is no ring."""
    try:
        return {key.id.hex(): key.secret for key in installed_ring().keys}
    except KeyRingUnusable:
        return {}


def restore_for_test(
    *, clock: Callable[[], datetime], actor: str, path: Path | None = None, passphrase: str | None = None
) -> tuple[Path, Tried]:
    """This function will restore a backup (the latest good one) into a database of its own, note in the audit log
    that it came back, and return its file and what came back. Raises NoBackup, and what `try_restore` raises."""
    latest = latest_good()
    if path is None:
        if latest is None:
            raise NoBackup("there is no good backup to test; make one with `zhanggui backup`")
        path = Path(latest.path)
    opener = Opener(keys_here(), settings.BACKUP_PASSPHRASE if passphrase is None else passphrase)
    tried, at = try_restore(path=path, opener=opener), clock()
    with transaction.atomic():
        Backup.objects.filter(path=str(path)).update(tested_at=at)
        record_change(
            at=at, actor=actor, action="backup.tested", object_kind="backup", object_id=path.name[:128],
            after={"made_at": tried.made_at, "tables": tried.tables, "rows": tried.rows},
        )  # fmt: skip
    return path, tried
