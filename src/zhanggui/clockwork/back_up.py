"""Back the installation up: by schedule with retention, and on demand."""

import importlib.metadata
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path

from django.conf import settings
from django.db import transaction

from zhanggui.audit.operations.record_change import record_change
from zhanggui.backups.models import Backup, BackupKind
from zhanggui.backups.operations.make_backup import Installation, make_backup
from zhanggui.backups.operations.prune_backups import prune_backups
from zhanggui.backups.rules import Retention
from zhanggui.vault import key_ring
from zhanggui.vault.errors import KeyRingUnusable
from zhanggui.vault.installed import installed_ring
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
    try:
        keys = {RING: key_ring.written(installed_ring())}
    except KeyRingUnusable:
        # Nothing was ever sealed here, or the ring is lost: the sweep says which.
        keys = {}
    return Installation(
        version=importlib.metadata.version("zhanggui"),
        files=Path(settings.MEDIA_ROOT),
        keys=keys,
        keys_used=[key_id.hex() for key_id in values_by_key()],
    )
