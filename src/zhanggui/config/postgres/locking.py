"""File locks between processes. The kernel drops them with the process, also after kill -9."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zhanggui.config.postgres.errors import WrongOwner


def open_lock(path: Path) -> int:
    """An open file to lock; belongs to the folder's owner also when root is the one who makes it."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError as refused:
        raise WrongOwner(
            f"{path.parent} belongs to another user of this machine; work as that user, "
            "or name another folder in ZHANGGUI_HOME",
            folder=str(path.parent),
        ) from refused
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.chown(handle, owner.st_uid, owner.st_gid)
    return handle


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Only one process at a time is inside; the others wait."""
    handle = open_lock(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


_held: dict[Path, int] = {}


def join_users(path: Path) -> None:
    """Count this process among the users until it leaves or dies; waits while the last user is stopping."""
    held = _held.get(path)
    if held is not None and path.exists() and os.path.samestat(os.fstat(held), path.stat()):
        return
    handle = open_lock(path)
    fcntl.flock(handle, fcntl.LOCK_SH)
    forget_users(path)
    _held[path] = handle


def last_of_users(path: Path) -> bool:
    """Stop counting this process; True when nobody else is counted.

    Then the door stays shut for newcomers until `forget_users`.
    """
    handle = _held.get(path)
    if handle is None:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        forget_users(path)
        return False
    return True


def forget_users(path: Path) -> None:
    """Let go of the users' lock, if this process holds it."""
    handle = _held.pop(path, None)
    if handle is not None:
        os.close(handle)
