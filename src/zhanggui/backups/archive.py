"""What is in a backup: a zip, not compressed (the dump is), whose manifest names every entry's bytes and SHA-256.

`database.dump` is what pg_dump wrote, `files/...` what the home keeps, `keys.sealed` the keys under a passphrase,
`manifest.json` comes last. The zip is sealed as a whole (`sealed_file`). The list of entries stands at the end of a
zip, so a file that is cut short has none.
"""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from zhanggui.backups.errors import BackupDamaged
from zhanggui.backups.sealed_file import Opener, SealingWriter, opened

FORMAT = 1
MANIFEST, DUMP, KEYS, FILES = "manifest.json", "database.dump", "keys.sealed", "files/"
CHUNK = 1 << 20


@dataclass(frozen=True)
class Entry:
    """One entry as the manifest names it."""

    name: str
    size_bytes: int
    sha256: str


class ArchiveWriter:
    """Writes entries from streams, keeping their digests; `finish` adds the manifest."""

    def __init__(self, zipped: zipfile.ZipFile) -> None:
        self._zip = zipped
        self.entries: list[Entry] = []

    def add(self, name: str, source: IO[bytes]) -> Entry:
        """This function will copy `source` to its end into an entry."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(name, "w", force_zip64=True) as target:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
        entry = Entry(name, size, digest.hexdigest())
        self.entries.append(entry)
        return entry

    def finish(self, about: Mapping[str, Any]) -> None:
        """This function will write the manifest."""
        document = dict(about) | {
            "format": FORMAT,
            "entries": [
                {"name": one.name, "bytes": one.size_bytes, "sha256": one.sha256} for one in self.entries
            ],
        }
        self._zip.writestr(MANIFEST, json.dumps(document, ensure_ascii=False, indent=1))


@contextmanager
def writing(path: Path, *, key_id: str, key: bytes, passphrase: str) -> Iterator[ArchiveWriter]:
    """A new archive, sealed as a whole, readable by its owner only, on the disk when the block ends well."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        sealing = SealingWriter(file, key_id=key_id, key=key, passphrase=passphrase)
        with zipfile.ZipFile(
            cast(IO[bytes], sealing), "w", zipfile.ZIP_STORED, strict_timestamps=False
        ) as zipped:
            yield ArchiveWriter(zipped)
        sealing.finish()
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def reading(path: Path, opener: Opener) -> Iterator[tuple[zipfile.ZipFile, dict[str, Any]]]:
    """The archive and its manifest, both looked at but for the entries' bytes. Raises BackupDamaged, KeysMissing,
    PassphraseWrong."""
    try:
        with opened(path, opener) as file, zipfile.ZipFile(file) as zipped:
            yield zipped, _manifest(zipped, path)
    except zipfile.BadZipFile as failed:
        raise BackupDamaged(
            f"{path} is cut short, damaged, or no backup ({failed}); use another backup", path=str(path)
        ) from failed


def entries_of(manifest: Mapping[str, Any]) -> list[Entry]:
    """The entries the manifest names."""
    return [Entry(one["name"], one["bytes"], one["sha256"]) for one in manifest["entries"]]


def check_bytes(zipped: zipfile.ZipFile, manifest: Mapping[str, Any], path: Path) -> None:
    """This function will read every entry and compare it with the manifest. Raises BackupDamaged."""
    for entry in entries_of(manifest):
        digest, size = hashlib.sha256(), 0
        with zipped.open(entry.name) as source:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
        if (size, digest.hexdigest()) != (entry.size_bytes, entry.sha256):
            raise _damaged(path, f"{entry.name} is not what was written")


def digest_of(path: Path) -> str:
    """The SHA-256 of a whole file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manifest(zipped: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    names = set(zipped.namelist())
    try:
        manifest = json.loads(zipped.read(MANIFEST))
        listed = {entry.name for entry in entries_of(manifest)}
        known = manifest["format"] == FORMAT and isinstance(manifest["migrations"], list)
    except (KeyError, ValueError, TypeError) as failed:
        raise _damaged(path, "it has no manifest that can be read") from failed
    if not known:
        raise _damaged(path, f"its format is {manifest['format']!r}, this version reads {FORMAT}")
    if listed | {MANIFEST} != names or len(names) != len(zipped.namelist()) or DUMP not in listed:
        raise _damaged(path, "its entries are not those of its manifest")
    for name in listed - {DUMP, KEYS}:
        parts = PurePosixPath(name).parts
        if not name.startswith(FILES) or ".." in parts or len(parts) < 2:
            raise _damaged(path, f"it holds {name!r}, which belongs nowhere")
    return dict(manifest)


def _damaged(path: Path, what: str) -> BackupDamaged:
    return BackupDamaged(f"{path} is damaged: {what}; use another backup", path=str(path))
