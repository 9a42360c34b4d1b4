"""Make a backup, and read it back."""

import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from zhanggui.backups.archive import (
    DUMP,
    FILES,
    KEYS,
    ArchiveWriter,
    check_bytes,
    digest_of,
    reading,
    writing,
)
from zhanggui.backups.errors import BackupError, BackupExists, BackupRunning, DumpFailed
from zhanggui.backups.keys import lock_keys
from zhanggui.backups.models import Backup, BackupKind
from zhanggui.backups.programs import said, tools_for_database
from zhanggui.backups.queries import BACKUP_LOCK, applied_migrations
from zhanggui.backups.sealed_file import Opener

LEFT_OUT = ("django_session", "desk_personsession", "desk_factoruse")
"""Tables whose rows are not taken along: a restored copy must not know who was logged in."""


@dataclass(frozen=True)
class Installation:
    """What of an installation goes into a backup beside the database.

    `keys` are the key ring and the signing key by file name; `keys_used` says under which key ids (hex) values of
    the database are sealed; `seal_id` and `seal_key` are the ring's current key, which seals the file.
    """

    version: str
    files: Path
    keys: Mapping[str, str]
    keys_used: list[str]
    seal_id: str
    seal_key: bytes


def make_backup(
    *, path: Path, installation: Installation, passphrase: str, kind: BackupKind, clock: Callable[[], datetime],
    actor: str,
) -> Backup:  # fmt: skip
    """This function will write the backup to `path`, read it back, and note it in the list of backups.

    The file is sealed as a whole under the ring's current key, and under the passphrase too. An empty `passphrase`
    leaves the keys out. Must run outside any transaction. Whatever goes wrong is noted too,
    and no file is left. Raises BackupRunning, BackupExists, ToolsMissing, PassphraseWrong, DumpFailed,
    BackupDamaged; OSError where the disk refuses.
    """
    if path.exists():
        raise BackupExists(f"{path} is there already; choose another name", path=str(path))
    started = clock()
    draft = path.with_name(path.name + ".part")
    with _alone():
        try:
            draft.unlink(missing_ok=True)  # of a backup that was killed: nobody else is at it
            _write(draft, installation, passphrase, started)
            opener = Opener({installation.seal_id: installation.seal_key})
            with reading(draft, opener) as (zipped, manifest):
                check_bytes(zipped, manifest, draft)
            size, digest = draft.stat().st_size, digest_of(draft)
            draft.rename(path)
        except (BackupError, OSError) as failed:
            draft.unlink(missing_ok=True)
            _note(path, kind, started, clock(), actor, failure=str(failed)[:2000])
            raise
        return _note(path, kind, started, clock(), actor, size_bytes=size, sha256=digest,
                     with_keys=bool(passphrase), seal_key=installation.seal_id)  # fmt: skip


def _write(draft: Path, installation: Installation, passphrase: str, at: datetime) -> None:
    tools = tools_for_database()
    locked = lock_keys(installation.keys, passphrase) if passphrase else b""
    with writing(
        draft, key_id=installation.seal_id, key=installation.seal_key, passphrase=passphrase
    ) as archive:
        command = tools.command(
            "pg_dump", "--format=custom", "--no-owner", "--lock-wait-timeout=60s", f"--dbname={tools.address}",
            *(f"--exclude-table-data={table}" for table in LEFT_OUT),
        )  # fmt: skip
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=tools.environment,
            )
            assert process.stdout is not None
            try:
                archive.add(DUMP, process.stdout)
            finally:
                process.stdout.close()
                code = process.wait()
            errors.seek(0)
            if code != 0:
                raise DumpFailed(f"pg_dump gave up ({said(errors.read())}); no backup was made")
        # Files after the dump: whatever a row in it names is on the disk by now.
        _add_files(archive, installation.files)
        if locked:
            with tempfile.TemporaryFile() as sealed:
                sealed.write(locked)
                sealed.seek(0)
                archive.add(KEYS, sealed)
        archive.finish(_about(installation, at, tools.major))


def _add_files(archive: ArchiveWriter, folder: Path) -> None:
    for found in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if found.is_file() and not found.is_symlink():
            with found.open("rb") as source:
                archive.add(FILES + found.relative_to(folder).as_posix(), source)


def _about(installation: Installation, at: datetime, major: int) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('server_version_num')::int / 10000")
        server = int(cursor.fetchone()[0])
    return {
        "zhanggui": installation.version, "made_at": at.isoformat(), "postgresql": server, "pg_dump": major,
        "migrations": applied_migrations(), "keys_used": sorted(installation.keys_used),
    }  # fmt: skip


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [BACKUP_LOCK])
        if not cursor.fetchone()[0]:
            raise BackupRunning("another process is making a backup; wait for it to end")
        try:
            yield
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [BACKUP_LOCK])


def _note(
    path: Path, kind: BackupKind, started: datetime, ended: datetime, actor: str, **came_of_it: Any
) -> Backup:
    with transaction.atomic():
        return Backup.objects.create(
            kind=kind, started_at=started, ended_at=ended, actor=actor, path=str(path), **came_of_it
        )
