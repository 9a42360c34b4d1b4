"""The key that signs sessions and tokens of this installation."""

import os
import secrets
from pathlib import Path

FILE_NAME = "secret-key"


def read(home: Path) -> str | None:
    """The kept key, or None where no command has made one yet."""
    try:
        return (home / FILE_NAME).read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None


def read_or_make(home: Path) -> str:
    """The kept key; the first call makes it, readable by its owner only. Safe when two processes race."""
    kept = read(home)
    if kept:
        return kept
    draft = home / f"{FILE_NAME}.{os.getpid()}.{secrets.token_hex(4)}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(64))
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link never replaces: the first of two racing processes wins, and the other reads its key.
        os.link(draft, home / FILE_NAME)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return (home / FILE_NAME).read_text(encoding="ascii").strip()
