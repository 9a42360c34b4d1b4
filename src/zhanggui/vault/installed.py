"""The key ring of this installation: ZHANGGUI_VAULT_KEYS, else a file in ZHANGGUI_HOME/keys.

The file is looked at again whenever it changed, so a running server takes up a rotated key by itself.
"""

from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from zhanggui.vault import key_ring
from zhanggui.vault.errors import KeyRingUnusable
from zhanggui.vault.key_ring import KeyRing

VARIABLE = "ZHANGGUI_VAULT_KEYS"
_seen: dict[Path, tuple[tuple[int, int, int], KeyRing]] = {}


def ring_path() -> Path:
    """Where the ring is kept when the environment does not hold it."""
    return Path(settings.ZHANGGUI_HOME) / key_ring.FOLDER / key_ring.FILE_NAME


def ring_is_given() -> bool:
    """Whether the environment holds the ring: then this installation never writes one."""
    return bool(settings.VAULT_KEYS)


def installed_ring() -> KeyRing:
    """The ring, to open with. Raises KeyRingUnusable when there is none."""
    ring = _given_or_kept()
    if ring is None:
        raise KeyRingUnusable(
            f"there is no key ring at {ring_path()}; put it back from a backup, or set {VARIABLE}",
            source=str(ring_path()),
        )
    return ring


def installed_ring_or_new() -> KeyRing:
    """The ring, to seal with; made at first use. Raises KeyRingUnusable when the one that is there is unfit."""
    # The moment is noted in the file for people and decides nothing, so the clock may be read down here.
    return _given_or_kept() or key_ring.read_or_make(ring_path(), now=datetime.now(UTC))


def _given_or_kept() -> KeyRing | None:
    if ring_is_given():
        return key_ring.parse(settings.VAULT_KEYS, source=VARIABLE)
    path = ring_path()
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    mark = (found.st_mtime_ns, found.st_ino, found.st_mode)
    seen = _seen.get(path)
    if seen is None or seen[0] != mark:
        ring = key_ring.read(path)
        if ring is None:
            return None
        seen = _seen[path] = (mark, ring)
    return seen[1]
