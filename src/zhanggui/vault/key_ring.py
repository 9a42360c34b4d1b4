"""The ring of keys that seal: several can open, one (the first) seals. Kept in a file, never in the database.

The file has one key a line, the current one first: `KEY MADE-AT`, where KEY is 32 random bytes in base64url.
ZHANGGUI_VAULT_KEYS holds the same keys separated by commas, for machines that share them.
"""

import base64
import binascii
import hashlib
import os
import secrets
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from zhanggui.vault.errors import KeyRingUnusable

KEY_BYTES = 32
KEY_ID_BYTES = 4
FOLDER, FILE_NAME = "keys", "vault"


@dataclass(frozen=True)
class SealKey:
    """One key. Its id is a digest of it, so a damaged key cannot pass for the one that sealed."""

    secret: bytes
    made_at: str = ""

    @property
    def id(self) -> bytes:
        return hashlib.sha256(b"zhanggui seal key\x00" + self.secret).digest()[:KEY_ID_BYTES]

    def __repr__(self) -> str:
        return f"SealKey({self.id.hex()})"


@dataclass(frozen=True)
class KeyRing:
    """The keys, the current one first."""

    keys: tuple[SealKey, ...]

    @property
    def current(self) -> SealKey:
        return self.keys[0]

    def key(self, key_id: bytes) -> SealKey | None:
        """The key with this id, or None."""
        return next((key for key in self.keys if key.id == key_id), None)

    def with_new_current(self, made_at: datetime) -> "KeyRing":
        """This ring with one more key, which is the current one from now on."""
        return KeyRing((_new_key(made_at), *self.keys))

    def without(self, key_ids: Iterable[bytes]) -> "KeyRing":
        """This ring without these keys; the current one always stays."""
        gone = set(key_ids)
        return KeyRing((self.current, *(key for key in self.keys[1:] if key.id not in gone)))


def parse(text: str, *, source: str) -> KeyRing:
    """The ring written in `text`, one key a line or separated by commas. Raises KeyRingUnusable."""
    keys: list[SealKey] = []
    for number, line in enumerate(text.replace(",", "\n").splitlines(), start=1):
        if not line.strip():
            continue
        encoded, _, made_at = line.strip().partition(" ")
        try:
            secret = base64.b64decode(encoded.encode("ascii"), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError) as failed:
            raise KeyRingUnusable(
                f"{source}, key {number}: not base64url; put the key ring back from a backup", source=source
            ) from failed
        if len(secret) != KEY_BYTES:
            raise KeyRingUnusable(
                f"{source}, key {number}: {len(secret)} bytes instead of {KEY_BYTES}; put the key ring back"
                " from a backup",
                source=source,
            )
        keys.append(SealKey(secret=secret, made_at=made_at.strip()))
    if not keys:
        raise KeyRingUnusable(f"{source} holds no key; put the key ring back from a backup", source=source)
    return KeyRing(tuple(keys))


def written(ring: KeyRing) -> str:
    """The ring as the text of its file."""
    return "".join(
        f"{base64.urlsafe_b64encode(key.secret).decode('ascii')} {key.made_at}".strip() + "\n"
        for key in ring.keys
    )


def read(path: Path) -> KeyRing | None:
    """The ring kept in `path`, or None where there is none. Raises KeyRingUnusable when others can read it."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as failed:
        raise KeyRingUnusable(
            f"{path}: not a key ring; put it back from a backup", source=str(path)
        ) from failed
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyRingUnusable(f"{path} is open to other users; run chmod 600 {path}", source=str(path))
    return parse(text, source=str(path))


def read_or_make(path: Path, *, now: datetime) -> KeyRing:
    """The kept ring; the first call makes one, readable by its owner only. Safe when two processes race."""
    kept = read(path)
    if kept is not None:
        return kept
    draft = _draft(path, KeyRing((_new_key(now),)))
    try:
        # A link never replaces: the first of two racing processes wins, and the other reads its ring.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    made = read(path)
    assert made is not None, "a ring that was just made is there"
    return made


def replace(path: Path, ring: KeyRing) -> None:
    """This function will put `ring` in the place of the kept one; at every moment one of the two is whole."""
    _draft(path, ring).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _new_key(made_at: datetime) -> SealKey:
    return SealKey(secret=secrets.token_bytes(KEY_BYTES), made_at=made_at.isoformat(timespec="seconds"))


def _draft(path: Path, ring: KeyRing) -> Path:
    """A file beside `path`, on the disk before anything points to it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(written(ring))
        file.flush()
        os.fsync(file.fileno())
    return draft
