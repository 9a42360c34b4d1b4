"""Making a data folder: all of it, or none."""

import os
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path

from zhanggui.config.home import MACHINE_WIDE
from zhanggui.config.postgres.address import APPLICATION_ROLE, DATABASE
from zhanggui.config.postgres.binaries import Binaries
from zhanggui.config.postgres.configuration import include_configuration
from zhanggui.config.postgres.errors import NotADataFolder, StartFailed, Unreachable, WrongVersion
from zhanggui.config.postgres.place import Place
from zhanggui.config.postgres.server_user import ServerUser

SUPERUSER = "postgres"


def prepare_folder(place: Place, user: ServerUser) -> None:
    """Make the folder of the server's files if it is missing, owned by `user` and closed to others.

    Where `user` cannot enter the home (root's folders are often closed), the files go to a folder in
    /var/lib/zhanggui and the home gets a link to it: no folder is opened to anybody for our sake.
    """
    if place.folder.is_symlink() and not place.folder.exists():
        raise NotADataFolder(
            f"{place.folder} points to {place.folder.readlink()}, which is gone; "
            "bring it back, or remove the link to start with an empty database",
            folder=str(place.folder),
        )
    if place.folder.is_dir():
        return
    if user.can_enter(Path(os.path.realpath(place.home))):
        _make_owned(place.folder, user)
        return
    try:
        MACHINE_WIDE.mkdir(mode=0o711, parents=True, exist_ok=True)
        elsewhere = Path(tempfile.mkdtemp(prefix="postgres-", dir=MACHINE_WIDE))
    except OSError as failed:
        raise Unreachable(
            f"user {user.name}, who runs the database for root, cannot enter {place.home}, and "
            f"{MACHINE_WIDE} is not writable ({failed.strerror}); "
            "name a folder that others may pass through in ZHANGGUI_HOME",
            folder=str(place.home),
        ) from failed
    user.take(elsewhere)
    place.folder.symlink_to(elsewhere, target_is_directory=True)


def _make_owned(folder: Path, user: ServerUser) -> None:
    """Make a closed folder that belongs to `user` from the first moment it has its name.

    Whoever looks before the start lock is his would otherwise see root's folder, and refuse it; a process
    killed between the two steps would leave it so for good.
    """
    draft = folder.with_name(f"{folder.name}.new")
    if draft.exists():
        draft.rmdir()
    draft.mkdir(mode=0o700)
    user.take(draft)
    draft.rename(folder)


def check_data_folder(place: Place, binaries: Binaries) -> bool:
    """Whether there is a data folder. Raises NotADataFolder or WrongVersion when it cannot be served."""
    if not place.data.exists():
        return False
    try:
        written_by = (place.data / "PG_VERSION").read_text(encoding="ascii").strip()
    except (FileNotFoundError, NotADirectoryError) as missing:
        raise NotADataFolder(
            f"{place.data} is not a PostgreSQL data folder; move it away, "
            "or name another folder in ZHANGGUI_HOME",
            folder=str(place.data),
        ) from missing
    if written_by != binaries.major:
        raise WrongVersion(
            f"the database in {place.data} was written by PostgreSQL {written_by} and this program brings "
            f"{binaries.version}; restore a backup into a new ZHANGGUI_HOME, or point DATABASE_URL "
            f"to a PostgreSQL {written_by} server",
            folder=str(place.data),
            written_by=written_by,
            brought=binaries.major,
        )
    return True


def initialise(place: Place, user: ServerUser, binaries: Binaries) -> None:
    """Make the data folder, its two roles and our database; a half-made one from before is thrown away."""
    shutil.rmtree(place.draft, ignore_errors=True)
    superuser, application = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    _write_private(
        place.password_file,
        f"*:*:*:{SUPERUSER}:{superuser}\n*:*:*:{APPLICATION_ROLE}:{application}\n",
        user,
    )
    handed = place.draft.with_name("initdb.password")
    _write_private(handed, superuser + "\n", user)
    command = [
        binaries / "initdb", f"--pgdata={place.draft}", f"--username={SUPERUSER}", f"--pwfile={handed}",
        "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions",
    ]  # fmt: skip
    try:
        _run(command, user, place, "")
    finally:
        handed.unlink()
    include_configuration(place.draft)
    # The single-user server reads one statement a line and needs no password.
    statements = [
        f"CREATE ROLE {APPLICATION_ROLE} LOGIN CREATEDB CREATEROLE PASSWORD '{application}'",
        f"GRANT pg_monitor, pg_checkpoint TO {APPLICATION_ROLE}",
        f"CREATE DATABASE {DATABASE} OWNER {APPLICATION_ROLE}",
    ]
    single = [
        binaries / "postgres", "--single", "-D", str(place.draft), "-c", "exit_on_error=true", "postgres",
    ]  # fmt: skip
    _run(single, user, place, "\n".join(statements) + "\n")
    place.draft.rename(place.draft.with_name("data"))


def environment() -> dict[str, str]:
    """What the server's processes inherit: nothing of ours, so that no PG* variable changes what they do."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _run(command: list[str], user: ServerUser, place: Place, given: str) -> None:
    done = subprocess.run(
        command, input=given, capture_output=True, text=True, env=environment(),
        cwd=os.path.realpath(place.folder), check=False, **user.spawn_arguments(),
    )  # fmt: skip
    if done.returncode != 0:
        said = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        reason = said[-1] if said else "no reason given"
        raise StartFailed(
            f"the database folder could not be made in {place.folder}: {reason}",
            folder=str(place.folder),
            said=said[-20:],
        )


def _write_private(path: Path, text: str, user: ServerUser) -> None:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
    user.take(path)
