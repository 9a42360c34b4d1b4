"""Put a backup back into an empty database and an empty home."""

import contextlib
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from zhanggui.backups.archive import CHUNK, DUMP, FILES, KEYS, check_bytes, entries_of, reading
from zhanggui.backups.errors import (
    BackupOfAnotherVersion,
    DatabaseNotEmpty,
    KeysMissing,
    PassphraseWrong,
    RestoreFailed,
)
from zhanggui.backups.keys import unlock_keys
from zhanggui.backups.programs import Tools, said, tools_for_database
from zhanggui.backups.sealed_file import Opener


@dataclass(frozen=True)
class Target:
    """Where a backup goes: the version that runs, the migrations it knows, its folder of files, the keys of
    the ring that is here (by id in hex), and how keys from the backup are taken in (before the database is): it
    returns what undoes it."""

    version: str
    migrations: Collection[str]
    files: Path
    ring: Mapping[str, bytes]
    take_keys: Callable[[dict[str, str]], Callable[[], None]]


def restore_backup(
    *, path: Path, target: Target, passphrase: str, without_keys: bool, leave_keys: bool = False
) -> dict[str, Any]:
    """This function will check the backup to its last byte, then restore it, and return its manifest.

    The passphrase opens the file where no key of the ring here does, and the keys in it, which are taken in unless
    `leave_keys` or `without_keys`. Must run outside any transaction. The database is filled in one transaction of
    pg_restore: all or nothing; files and keys that were put in place are taken away again when that fails.

    Raises DatabaseNotEmpty, BackupDamaged, BackupOfAnotherVersion, PassphraseWrong, KeysMissing, ToolsMissing,
    RestoreFailed.
    """
    _assert_empty(target.files)
    with reading(path, Opener(target.ring, passphrase)) as (zipped, manifest):
        _assert_same_version(manifest, target, path)
        check_bytes(zipped, manifest, path)
        tools = tools_for_database()
        keys = _keys(zipped, manifest, "" if leave_keys or without_keys else passphrase)
        _assert_keys(manifest, target, keys, without_keys)
        staged = Path(tempfile.mkdtemp(prefix="files.", dir=_made(target.files.parent)))
        try:
            _unpack(zipped, manifest, staged)
            undo = target.take_keys(keys)
            try:
                fill(zipped, tools, tools.address)
            except BaseException:
                undo()
                raise
            if target.files.is_dir():
                target.files.rmdir()
            staged.rename(target.files)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
    return manifest


def _assert_empty(files: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where n.nspname not like 'pg\\_%%' and n.nspname <> 'information_schema' limit 1", []
        )  # fmt: skip
        found = cursor.fetchone()
    if found:
        raise DatabaseNotEmpty(
            f"the database is not empty (it has {found[0]}); restore into a new ZHANGGUI_HOME or a new database",
            found=str(found[0]),
        )
    if files.is_dir() and any(files.iterdir()):
        raise DatabaseNotEmpty(f"{files} is not empty; restore into a new ZHANGGUI_HOME", found=str(files))


def _assert_same_version(manifest: dict[str, Any], target: Target, path: Path) -> None:
    theirs, ours = set(manifest["migrations"]), set(target.migrations)
    if theirs != ours:
        odd = sorted(theirs ^ ours)
        raise BackupOfAnotherVersion(
            f"{path} was made by Zhanggui {manifest.get('zhanggui')} with other tables than version"
            f" {target.version} has ({len(odd)} migrations differ, such as {odd[0]}); restore it with the version"
            " that made it, then install this one",
            differing=odd[:20],
        )
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('server_version_num')::int / 10000")
        server = int(cursor.fetchone()[0])
    if int(manifest["postgresql"]) > server:
        raise BackupOfAnotherVersion(
            f"{path} comes from PostgreSQL {manifest['postgresql']}, this one is {server}; restore into"
            " a server at least as new",
            postgresql=manifest["postgresql"],
        )


def _keys(zipped: zipfile.ZipFile, manifest: dict[str, Any], passphrase: str) -> dict[str, str]:
    if not passphrase:
        return {}
    if KEYS not in {entry.name for entry in entries_of(manifest)}:
        raise PassphraseWrong(
            "this backup holds no keys; leave the passphrase out, and put the key ring in place"
        )
    return unlock_keys(zipped.read(KEYS), passphrase)


def _assert_keys(manifest: dict[str, Any], target: Target, keys: dict[str, str], without_keys: bool) -> None:
    missing = set(manifest["keys_used"]) - set(target.ring)
    if missing and not keys and not without_keys:
        raise KeysMissing(
            f"values in this backup are sealed under key {min(missing)}, which is not here; give the backup's"
            " passphrase, or put the key ring into the home first, or go on --without-keys and lose those values",
            keys=sorted(missing),
        )


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _unpack(zipped: zipfile.ZipFile, manifest: dict[str, Any], staged: Path) -> None:
    for entry in entries_of(manifest):
        if entry.name.startswith(FILES):
            place = staged / entry.name.removeprefix(FILES)
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with zipped.open(entry.name) as source, place.open("xb") as kept:
                shutil.copyfileobj(source, kept, CHUNK)


def fill(zipped: zipfile.ZipFile, tools: Tools, address: str) -> None:
    """This function will have pg_restore fill the database at `address`, or leave it. Raises RestoreFailed."""
    command = tools.command(
        "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", f"--dbname={address}"
    )
    with tempfile.TemporaryFile() as errors, zipped.open(DUMP) as source:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=errors, stderr=errors, env=tools.environment
        )
        assert process.stdin is not None
        try:
            # Where it gives up early, its code and its words say why.
            with contextlib.suppress(BrokenPipeError):
                shutil.copyfileobj(source, process.stdin, CHUNK)
        finally:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            code = process.wait()
        errors.seek(0)
        if code != 0:
            raise RestoreFailed(
                f"pg_restore gave up ({said(errors.read())}); the database is as empty as before"
            )
