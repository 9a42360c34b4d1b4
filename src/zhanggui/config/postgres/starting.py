"""Starting the server, by whichever process needs it first."""

import os
import shutil
import stat
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import psutil
from psycopg import pq

from zhanggui.config.home import make_data_folder
from zhanggui.config.postgres.address import embedded_address
from zhanggui.config.postgres.binaries import Binaries, binaries_for
from zhanggui.config.postgres.configuration import write_configuration
from zhanggui.config.postgres.errors import StartFailed, WrongOwner
from zhanggui.config.postgres.initialising import (
    check_data_folder,
    environment,
    initialise,
    prepare_folder,
)
from zhanggui.config.postgres.locking import alone, forget_users, join_users
from zhanggui.config.postgres.place import SOCKET_FILE, Place
from zhanggui.config.postgres.probing import answers, is_alive, ping, postmaster_of, server_processes
from zhanggui.config.postgres.server_user import ServerUser, server_user

STALLED_AFTER_SECONDS = 300
"""How long a starting server may show no sign of work; a recovery that works may take as long as it needs."""

ORPHANS_SECONDS = 60
LARGEST_LOG = 16 << 20

IN_BACKGROUND = '"$@" </dev/null >>"$0" 2>&1 & echo $!'
"""For a shell: run the arguments apart, their output to the file $0, and print the process number."""


def ensure_running(home: Path, *, settings: Mapping[str, str] | None = None) -> str:
    """The address of a server that answers, started if there was none; this process then counts as a user.

    `settings` are PostgreSQL settings beyond ours, used only if this call is the one that starts the server.
    Any number of processes may call at once: one starts, the others wait and share.
    Raises one of `errors` when the server cannot be had.
    """
    home = Path(os.path.realpath(home))
    place = Place(home)
    user = server_user(place)
    make_data_folder(home)
    join_users(place.users_lock)
    try:
        if not answers(place):
            with alone(place.start_lock):
                if not answers(place):
                    _start(place, user, settings or {})
    except BaseException:
        forget_users(place.users_lock)
        raise
    return embedded_address(home)


def _start(place: Place, user: ServerUser, settings: Mapping[str, str]) -> None:
    prepare_folder(place, user)
    binaries = binaries_for(user)
    if not check_data_folder(place, binaries):
        initialise(place, user, binaries)
    running = postmaster_of(server_processes(place))
    if running is None:
        _end_orphans(place)
        for lock_file in (place.data / "postmaster.pid", place.socket_folder / f"{SOCKET_FILE}.lock"):
            _forget_dead_postmaster(lock_file)
        _prepare_socket_folder(place, user)
        write_configuration(place, settings)
        running = _launch(place, user, binaries)
    _wait_until_it_answers(place, running)


def _end_orphans(place: Place) -> None:
    """End what a killed server left behind: its children share memory that no new server can join."""
    deadline = time.monotonic() + ORPHANS_SECONDS
    while left := server_processes(place):
        for process in left:
            try:
                process.terminate()
            except psutil.NoSuchProcess:
                continue
        if time.monotonic() > deadline:
            raise StartFailed(
                f"processes of an earlier server still hold {place.data}: "
                f"{', '.join(str(process.pid) for process in left)}; end them and try again",
                folder=str(place.data),
            )
        time.sleep(0.1)


def _forget_dead_postmaster(lock_file: Path) -> None:
    """Drop a lock file whose process is a zombie or, by reuse of the number, a stranger.

    PostgreSQL itself would take either for a living server; that there is none was seen just now.
    """
    try:
        pid = int(lock_file.read_text(encoding="ascii").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    if psutil.pid_exists(pid):
        lock_file.unlink()


def _prepare_socket_folder(place: Place, user: ServerUser) -> None:
    folder = place.socket_folder
    try:
        folder.mkdir(mode=0o700)
        user.take(folder)
    except FileExistsError:
        found = folder.lstat()
        # Under /tmp anybody may have put something of this name before us.
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != user.uid or found.st_mode & 0o077:
            raise WrongOwner(
                f"{folder}, where the database's socket goes, is not a closed folder of user {user.name}; "
                "remove it, or choose a shorter ZHANGGUI_HOME",
                folder=str(folder),
            ) from None


def _launch(place: Place, user: ServerUser, binaries: Binaries) -> psutil.Process:
    """Start the server as a process of its own, in no terminal's group and nobody's child."""
    if place.log.exists() and place.log.stat().st_size > LARGEST_LOG:
        shutil.move(place.log, place.log.with_suffix(".log.old"))
    handle = os.open(place.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.close(handle)
    user.take(place.log)
    done = subprocess.run(
        ["/bin/sh", "-c", IN_BACKGROUND, str(place.log), binaries / "postgres", "-D", str(place.data)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True, start_new_session=True,
        env=environment(), cwd=place.data, umask=0o077, **user.spawn_arguments(),
    )  # fmt: skip
    try:
        return psutil.Process(int(done.stdout))
    except psutil.NoSuchProcess as gone:
        raise _start_failed(place, "ended at once") from gone


def _wait_until_it_answers(place: Place, postmaster: psutil.Process) -> None:
    """Wait as long as the server works at it: recovery after a crash may take minutes."""
    seen, seen_at = _signs_of_work(place), time.monotonic()
    pause = 0.01
    while (answer := ping(place)) != pq.Ping.OK:
        if answer == pq.Ping.NO_RESPONSE and not is_alive(postmaster):
            raise _start_failed(place, "ended before it answered")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.5)
        now = _signs_of_work(place)
        if now != seen:
            seen, seen_at = now, time.monotonic()
        elif time.monotonic() - seen_at > STALLED_AFTER_SECONDS:
            raise _start_failed(place, f"has done nothing for {STALLED_AFTER_SECONDS} seconds")


def _signs_of_work(place: Place) -> tuple[int, int]:
    """Length of the log and processor time (hundredths of a second) of the server's processes."""
    spent = 0
    for process in server_processes(place):
        try:
            times = process.cpu_times()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        spent += round((times.user + times.system) * 100)
    return (place.log.stat().st_size if place.log.exists() else 0), spent


def _start_failed(place: Place, what: str) -> StartFailed:
    try:
        said = place.log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:]
    except OSError:
        said = []
    # The last line is the end, the one before it often the reason.
    reason = "; ".join(line.split("] ", 1)[-1] for line in said[-2:]) or "no reason given"
    return StartFailed(
        f"the database server {what}: {reason} (log: {place.log})", log=str(place.log), said=said
    )
