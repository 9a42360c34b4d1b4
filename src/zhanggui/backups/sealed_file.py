"""A backup's file sealed as a whole: written and read a piece at a time, so its size asks for no memory.

The file begins with MAGIC, the length of the head (4 bytes) and the head, a JSON document that holds the file's own
random key, sealed under the installation's key ring and, where there is one, under the passphrase. Then come pieces
of PIECE bytes, each AES-256-GCM under that key. The nonce of a piece is the head's prefix (7 bytes), its number (4)
and whether it is the last (1); the digest of the head is authenticated with every piece. So pieces cannot be changed,
left out, put elsewhere or cut off at the end without notice. Files of earlier versions are plain zips, read as such.
"""

import base64
import hashlib
import io
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zhanggui.backups.errors import BackupDamaged, KeysMissing
from zhanggui.backups.keys import lock_keys, unlock_keys

MAGIC = b"ZGSEALED1\n"
PIECE, TAG, LENGTH = 1 << 20, 16, 4
LONGEST_HEAD = 1 << 16
PURPOSE = b"zhanggui backup key"


@dataclass(frozen=True)
class Opener:
    """What opens a sealed file: the keys of the ring here (id in hex -> key), and a passphrase or none."""

    ring: Mapping[str, bytes]
    passphrase: str = ""


class SealingWriter(io.RawIOBase):
    """Seals what is written to it, in order; closing it writes the last piece. It cannot seek."""

    def __init__(self, file: IO[bytes], *, key_id: str, key: bytes, passphrase: str) -> None:
        self._file, self._data, self._number = file, bytearray(), 0
        own, self._prefix = secrets.token_bytes(32), secrets.token_bytes(7)
        nonce = secrets.token_bytes(12)
        head: dict[str, Any] = {
            "piece": PIECE, "prefix": _text(self._prefix), "key_id": key_id, "nonce": _text(nonce),
            "key": _text(AESGCM(key).encrypt(nonce, own, PURPOSE + key_id.encode())),
        }  # fmt: skip
        if passphrase:
            head["by_passphrase"] = json.loads(lock_keys({"key": _text(own)}, passphrase))
        written = json.dumps(head).encode("ascii")
        self._cipher, self._about = AESGCM(own), hashlib.sha256(written).digest()
        file.write(MAGIC + len(written).to_bytes(LENGTH, "big") + written)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._data += data
        # The last piece is known only at the end, so one piece's worth always stays behind.
        while len(self._data) > PIECE:
            self._seal(bytes(self._data[:PIECE]), last=False)
            del self._data[:PIECE]
        return len(data)

    def finish(self) -> None:
        """This function will write the last piece; without it the file does not open."""
        self._seal(bytes(self._data), last=True)
        self._data.clear()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._prefix, self._number, last), piece, self._about))
        self._number += 1


class UnsealingReader(io.RawIOBase):
    """Reads a sealed file from any place; one piece is held at a time. Raises BackupDamaged."""

    def __init__(self, file: IO[bytes], path: Path, opener: Opener) -> None:
        self._file, self._path = file, path
        head, self._about, self._start = _head(file, path)
        size = os.fstat(file.fileno()).st_size - self._start
        self._count = max(-(-size // (PIECE + TAG)), 1)
        self._size = size - self._count * TAG
        self._place, self._held, self._piece = 0, -1, b""
        try:
            self._prefix = base64.b64decode(head["prefix"])
            if head["piece"] != PIECE or self._size < 0:
                raise ValueError
        except (KeyError, ValueError, TypeError) as failed:
            raise _damaged(path) from failed
        self._cipher = AESGCM(_own_key(head, path, opener))
        self._load(self._count - 1)  # whatever was cut off, the last piece that is left is not the last one

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._place = max((0, self._place, self._size)[whence] + offset, 0)
        return self._place

    def readinto(self, buffer: Any) -> int:
        if self._place >= self._size:
            return 0
        number, within = divmod(self._place, PIECE)
        self._load(number)
        part = self._piece[within : within + len(buffer)]
        buffer[: len(part)] = part
        self._place += len(part)
        return len(part)

    def _load(self, number: int) -> None:
        if number == self._held:
            return
        self._file.seek(self._start + number * (PIECE + TAG))
        sealed = self._file.read(PIECE + TAG)
        try:
            nonce = _nonce(self._prefix, number, number == self._count - 1)
            self._piece = self._cipher.decrypt(nonce, sealed, self._about)
        except InvalidTag as failed:
            raise _damaged(self._path) from failed
        self._held = number


@contextmanager
def opened(path: Path, opener: Opener) -> Iterator[IO[bytes]]:
    """The content of a backup's file, sealed or of an earlier version, as a file that can be read anywhere. Raises
    BackupDamaged, KeysMissing, PassphraseWrong."""
    with path.open("rb") as file:
        if file.read(len(MAGIC)) == MAGIC:
            file.seek(0)
            yield io.BufferedReader(UnsealingReader(file, path, opener), PIECE)
        else:
            file.seek(0)
            yield file


def sealed_under(path: Path) -> str:
    """The id of the ring's key under which a file is sealed; empty for a file of an earlier version."""
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            return ""
        file.seek(0)
        return str(_head(file, path)[0].get("key_id", ""))


def _head(file: IO[bytes], path: Path) -> tuple[dict[str, Any], bytes, int]:
    begin = file.read(len(MAGIC) + LENGTH)
    length = int.from_bytes(begin[len(MAGIC) :], "big")
    written = file.read(length) if length <= LONGEST_HEAD else b""
    try:
        head = json.loads(written)
    except ValueError as failed:
        raise _damaged(path) from failed
    if not isinstance(head, dict):
        raise _damaged(path)
    return head, hashlib.sha256(written).digest(), len(begin) + length


def _own_key(head: dict[str, Any], path: Path, opener: Opener) -> bytes:
    key_id, by_passphrase = str(head.get("key_id", "")), head.get("by_passphrase")
    ring_key = opener.ring.get(key_id)
    try:
        if ring_key is not None:
            nonce, sealed = base64.b64decode(head["nonce"]), base64.b64decode(head["key"])
            return AESGCM(ring_key).decrypt(nonce, sealed, PURPOSE + key_id.encode())
        if by_passphrase and opener.passphrase:
            return base64.b64decode(unlock_keys(json.dumps(by_passphrase).encode(), opener.passphrase)["key"])
    except (KeyError, ValueError, TypeError, InvalidTag) as failed:
        raise _damaged(path) from failed
    how = "give the passphrase it was made with, or put" if by_passphrase else "put"
    raise KeysMissing(
        f"{path} is sealed under key {key_id}, which is not here; {how} the key ring of that day into the home",
        keys=[key_id],
    )


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _damaged(path: Path) -> BackupDamaged:
    return BackupDamaged(f"{path} is cut short or damaged; use another backup", path=str(path))
