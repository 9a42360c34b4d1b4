"""zhanggui backup: the database, the files and, under a passphrase, the keys, as one file that was read back."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from zhanggui.backups.models import BackupKind
from zhanggui.clockwork.back_up import back_up
from zhanggui.portals.shell.moments import clock, zone
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.passphrases import passphrase_in

HELP = "write the database, the files and, under a passphrase, the keys to one file, and read it back"
ACTOR = "zhanggui backup"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, metavar="FILE", help="a new file (default: in ZHANGGUI_BACKUPS)")
    parser.add_argument(
        "--passphrase-file", type=Path, metavar="FILE",
        help="its first line seals the keys into the backup (default: ZHANGGUI_BACKUP_PASSPHRASE)",
    )  # fmt: skip
    parser.add_argument("--without-keys", action="store_true", help="leave the keys out; keep them elsewhere")
    parser.add_argument("--scheduled", action="store_true", help="count it as scheduled: retention applies")


def run(options: argparse.Namespace, out: Output) -> int:
    passphrase = settings.BACKUP_PASSPHRASE
    if options.passphrase_file:
        passphrase = passphrase_in(options.passphrase_file)
    row = back_up(
        clock=clock, zone=zone(), actor=ACTOR, path=options.out.absolute() if options.out else None,
        kind=BackupKind.SCHEDULED if options.scheduled else BackupKind.MANUAL,
        passphrase="" if options.without_keys else passphrase,
    )  # fmt: skip
    document = {
        "file": row.path, "bytes": row.size_bytes, "sha256": row.sha256, "with_keys": row.with_keys,
        "seconds": round((row.ended_at - row.started_at).total_seconds(), 1),
    }  # fmt: skip
    out.result(document, _told)
    if not row.with_keys:
        out.note(
            "zhanggui: the keys are not in it; keep a copy of ZHANGGUI_HOME/keys elsewhere, or what is sealed"
            " cannot be read after a restore"
        )
    return 0


def _told(document: Mapping[str, Any]) -> str:
    return (
        f"{document['file']}: {document['bytes']:,} bytes, read back, {document['seconds']} s\n"
        f"sha256 {document['sha256']}"
    )
