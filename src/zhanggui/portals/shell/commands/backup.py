"""zhanggui backup: all of an installation as one sealed file that was read back; the list of them; testing one."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from zhanggui.backups.models import Backup, BackupKind
from zhanggui.clockwork.back_up import back_up, restore_for_test
from zhanggui.portals.shell.errors import BadArguments, FileRefused
from zhanggui.portals.shell.moments import clock, zone
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.passphrases import passphrase_in

HELP = "write the database, the files and, under a passphrase, the keys to one sealed file; list backups; test one"
ACTOR = "zhanggui backup"
MOST = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "act", nargs="?", choices=("now", "list", "test"), default="now",
        help="now (the default); list: what was made; test: restore one into a database of its own",
    )  # fmt: skip
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="with test: which (default: the latest)"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="a new file (default: in ZHANGGUI_BACKUPS)")
    parser.add_argument(
        "--passphrase-file", type=Path, metavar="FILE",
        help="its first line seals the keys into the backup (default: ZHANGGUI_BACKUP_PASSPHRASE)",
    )  # fmt: skip
    parser.add_argument("--without-keys", action="store_true", help="leave the keys out; keep them elsewhere")
    parser.add_argument("--scheduled", action="store_true", help="count it as scheduled: retention applies")


def run(options: argparse.Namespace, out: Output) -> int:
    if options.file and options.act != "test":
        raise BadArguments("name the new file with --out")
    if options.act == "list":
        rows = [_listed(row) for row in Backup.objects.order_by("-id")[:MOST]]
        out.result({"backups": rows}, lambda _: "\n".join(map(_line, rows)) or "no backup yet")
        return 0
    passphrase = settings.BACKUP_PASSPHRASE
    if options.passphrase_file:
        passphrase = passphrase_in(options.passphrase_file)
    if options.act == "test":
        file = options.file.absolute() if options.file else None
        if file and not file.is_file():
            raise FileRefused(f"{file} is not there", path=str(file))
        path, tried = restore_for_test(clock=clock, actor=ACTOR, path=file, passphrase=passphrase)
        told = {"file": str(path), "made_at": tried.made_at, "tables": tried.tables, "rows": tried.rows}
        out.result(told, "{file} came back: {tables} tables, {rows:,} rows, made {made_at}".format_map)
        return 0
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
            "zhanggui: the keys are not in it, and it opens with them alone; keep a copy of ZHANGGUI_HOME/keys"
            " elsewhere, or nothing of it can be read when this home is lost"
        )
    return 0


def _listed(row: Backup) -> dict[str, Any]:
    same = ("id", "kind", "ended_at", "path", "size_bytes", "sha256", "with_keys", "seal_key", "tested_at", "failure",
            "removed_at")  # fmt: skip
    return {name: getattr(row, name) for name in same}


def _line(told: Mapping[str, Any]) -> str:
    if told["failure"]:
        came = f"failed: {told['failure']}"
    elif told["removed_at"]:
        came = "taken away"
    else:
        came = f"{told['size_bytes']:,} bytes" + ("" if told["seal_key"] else ", not sealed")
        came += f", came back {told['tested_at']:%Y-%m-%d}" if told["tested_at"] else ", never tested"
    return f"{told['ended_at']:%Y-%m-%d %H:%M} {told['kind']:<9} {told['path']}: {came}"


def _told(document: Mapping[str, Any]) -> str:
    return (
        f"{document['file']}: {document['bytes']:,} bytes, read back, {document['seconds']} s\n"
        f"sha256 {document['sha256']}"
    )
