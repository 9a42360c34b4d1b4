"""Where everything of one embedded server is, worked out from the home folder alone."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

LONGEST_SOCKET_PATH = 100
"""Bytes; the operating systems allow 103 to 107 for a unix socket, some of it for the file's own name."""

SOCKET_FILE = ".s.PGSQL.5432"


@dataclass(frozen=True, slots=True)
class Place:
    """The files of the server kept under `home`.

    `folder` may be a link: where the server's user cannot enter `home`, the files are kept elsewhere.
    """

    home: Path

    @property
    def folder(self) -> Path:
        """All of the server's own files; mode 0700."""
        return self.home / "postgres"

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder, by its real name (the one its processes have as working folder)."""
        return Path(os.path.realpath(self.folder / "data"))

    @property
    def draft(self) -> Path:
        """A data folder still being made; becomes `data` by one rename."""
        return Path(os.path.realpath(self.folder)) / "data.new"

    @property
    def log(self) -> Path:
        return Path(os.path.realpath(self.folder)) / "server.log"

    @property
    def password_file(self) -> Path:
        """Passwords of both roles, in libpq's format; mode 0600."""
        return self.folder / "passwords"

    @property
    def start_lock(self) -> Path:
        """Held while starting or stopping."""
        return self.home / "postgres.lock"

    @property
    def users_lock(self) -> Path:
        """Held, shared, by every process that uses the server, for as long as it lives."""
        return self.home / "postgres.users"

    @property
    def socket_folder(self) -> Path:
        """Beside the data, or under /tmp by a digest of the home's name where the path would be too long."""
        beside = self.folder / "socket"
        real = Path(os.path.realpath(self.folder)) / "socket"
        if max(len(os.fsencode(path / SOCKET_FILE)) for path in (beside, real)) <= LONGEST_SOCKET_PATH:
            return beside
        digest = hashlib.sha256(os.fsencode(os.path.realpath(self.home))).hexdigest()[:16]
        return Path("/tmp") / f"zhanggui-{digest}"
