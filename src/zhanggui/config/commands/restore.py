"""zhanggui restore: a backup into an empty home, wholly or not at all, and proved afterwards."""

import argparse
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from zhanggui.config import database, home, secret_key
from zhanggui.portals.shell.errors import DatabaseUnreachable
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.passphrases import passphrase_in

HELP = "put a backup into an empty database and home, then audit the books; 1 if they do not balance"
ACTOR = "zhanggui restore"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="what zhanggui backup wrote")
    parser.add_argument(
        "--passphrase-file", type=Path, metavar="FILE",
        help="its first line opens the keys in the backup (default: ZHANGGUI_BACKUP_PASSPHRASE)",
    )  # fmt: skip
    parser.add_argument(
        "--without-keys",
        action="store_true",
        help="go on where keys are missing; what they seal stays closed",
    )


def run(options: argparse.Namespace, out: Output) -> int:
    import django
    from django.db import OperationalError, connections

    # Before anything is made or started: a name that is wrong must leave nothing behind.
    options.file.open("rb").close()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhanggui.config.settings")
    if not os.environ.get("ZHANGGUI_SECRET_KEY"):
        secret_key.read_or_make(home.make_data_folder(home.data_folder()))
    django.setup()
    database.use_database()
    try:
        try:
            document = _restored(options)
        except OperationalError as failed:
            reason = str(failed).strip().splitlines()[0]
            raise DatabaseUnreachable(f"the database does not answer: {reason}") from failed
    finally:
        connections.close_all()
        database.leave_database()
    out.result(document, _told)
    out.note(
        "zhanggui: money may have left since this backup was made; before a worker or the portals start, compare"
        " with the bank (docs/how-to/backup-and-restore.md)"
    )
    return 1 if document["violations"] else 0


def _restored(options: argparse.Namespace) -> dict[str, Any]:
    from importlib.metadata import version

    from django.conf import settings
    from django.db import connection, transaction
    from django.db.migrations.loader import MigrationLoader
    from django.utils import timezone

    from zhanggui.audit.operations.record_change import record_change
    from zhanggui.backups.operations.restore_backup import Target, restore_backup
    from zhanggui.clockwork.back_up import keys_here
    from zhanggui.clockwork.sweep_invariants import sweep_and_record
    from zhanggui.parties.tenancy import make_tenant_role
    from zhanggui.vault.installed import ring_is_given

    passphrase = settings.BACKUP_PASSPHRASE
    if options.passphrase_file:
        passphrase = passphrase_in(options.passphrase_file)
    make_tenant_role()
    manifest = restore_backup(
        path=options.file.absolute(),
        target=Target(
            version=version("zhanggui"),
            migrations=[".".join(name) for name in MigrationLoader(None).graph.nodes],
            files=Path(settings.MEDIA_ROOT),
            ring=keys_here(),
            take_keys=_take_keys,
        ),
        passphrase=passphrase,
        without_keys=options.without_keys,
        # Where the environment holds the keys, those in the backup have no place to go.
        leave_keys=ring_is_given(),
    )
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    now = timezone.now()
    with transaction.atomic():
        record_change(
            at=now, actor=ACTOR, action="backup.restored", object_kind="backup",
            object_id=options.file.name[:128], after={"made_at": manifest["made_at"]},
        )  # fmt: skip
    swept = sweep_and_record(at=now, actor=ACTOR)
    return {
        "file": str(options.file), "made_at": manifest["made_at"], "made_by": manifest["zhanggui"],
        "files": sum(one["name"].startswith("files/") for one in manifest["entries"]),
        "violations": swept.violations,
        "broken": {name: count for name, count in swept.counts.items() if count},
    }  # fmt: skip


def _take_keys(keys: dict[str, str]) -> Callable[[], None]:
    """Put the backup's ring into the home; keys that are here already stay on it, behind. Returns what undoes it."""
    from zhanggui.vault import key_ring
    from zhanggui.vault.installed import ring_path

    if "vault" not in keys:
        return lambda: None
    brought, here = key_ring.parse(keys["vault"], source="the backup"), key_ring.read(ring_path())
    more = [key for key in here.keys if brought.key(key.id) is None] if here else []
    key_ring.replace(ring_path(), key_ring.KeyRing((*brought.keys, *more)))
    if here is None:
        return ring_path().unlink
    return lambda: key_ring.replace(ring_path(), here)


def _told(document: Mapping[str, Any]) -> str:
    lines = [f"restored {document['file']}, made {document['made_at']} by Zhanggui {document['made_by']}"]
    lines += [f"{name}: {count:,} violations" for name, count in document["broken"].items()]
    if not document["violations"]:
        lines.append("the books balance: no violation")
    return "\n".join(lines)
