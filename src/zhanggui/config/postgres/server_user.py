"""Who runs the server: this user, or for root (whom PostgreSQL refuses) an unprivileged one."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhanggui.config.postgres.errors import NoServerUser, WrongOwner
from zhanggui.config.postgres.place import Place

CANDIDATES = ("postgres", "nobody")
"""Tried in this order by root when ZHANGGUI_POSTGRES_USER names nobody."""


@dataclass(frozen=True, slots=True)
class ServerUser:
    """The user whose processes the server's are."""

    uid: int
    gid: int
    borrowed: bool
    """True when root starts the server on behalf of this user."""

    @property
    def name(self) -> str:
        return _name_of(self.uid)

    def spawn_arguments(self) -> dict[str, Any]:
        """What to give to `subprocess` so that the process belongs to this user alone."""
        if not self.borrowed:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def take(self, path: Path) -> None:
        """Give a file or folder that we just made to this user."""
        if self.borrowed:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def can_enter(self, folder: Path) -> bool:
        """Whether this user may pass through every folder down to and including `folder`."""
        return not self.borrowed or all(self._may_pass(part) for part in (folder, *folder.parents))

    def _may_pass(self, folder: Path) -> bool:
        found = folder.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & 0o100)
        return bool(found.st_mode & (0o010 if found.st_gid == self.gid else 0o001))


def server_user(place: Place) -> ServerUser:
    """The user to run the server of `place` as.

    Raises WrongOwner when the data belong to somebody else, NoServerUser when root finds nobody to run it as.
    """
    owner = _owner_of(place)
    me = os.geteuid()
    if me != 0:
        if owner is not None and owner != me:
            raise _wrong_owner(place, owner)
        return ServerUser(me, os.getegid(), borrowed=False)
    named = os.environ.get("ZHANGGUI_POSTGRES_USER", "").strip()
    if owner is not None and owner != 0 and not named:
        return _borrowed(_entry(_name_of(owner)))
    chosen = _borrowed(_entry(named)) if named else _borrowed(_first_candidate())
    if owner is not None and owner != chosen.uid:
        raise _wrong_owner(place, owner)
    return chosen


def _owner_of(place: Place) -> int | None:
    try:
        return place.folder.stat().st_uid
    except FileNotFoundError:
        return None
    except PermissionError as refused:
        raise WrongOwner(
            f"{place.home} is closed to you; work as its owner, or name another folder in ZHANGGUI_HOME",
            folder=str(place.home),
        ) from refused


def _wrong_owner(place: Place, owner: int) -> WrongOwner:
    name = _name_of(owner)
    return WrongOwner(
        f"the database in {place.folder} belongs to user {name}; work as that user, "
        "or name another folder in ZHANGGUI_HOME",
        folder=str(place.folder),
        owner=name,
    )


def _borrowed(entry: pwd.struct_passwd) -> ServerUser:
    if entry.pw_uid == 0:
        raise NoServerUser("PostgreSQL does not run as root; name another user in ZHANGGUI_POSTGRES_USER")
    return ServerUser(entry.pw_uid, entry.pw_gid, borrowed=True)


def _entry(name: str) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(name)
    except KeyError as unknown:
        raise NoServerUser(
            f"there is no user {name!r} on this machine to run the database as; "
            "name an existing one in ZHANGGUI_POSTGRES_USER",
            user=name,
        ) from unknown


def _first_candidate() -> pwd.struct_passwd:
    for name in CANDIDATES:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoServerUser(
        "PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody; "
        "name an existing user in ZHANGGUI_POSTGRES_USER"
    )


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
