"""Stopping the server: by the last process that used it, or on demand."""

import os
import signal
import time
from pathlib import Path

import psutil

from zhanggui.config.postgres.errors import StopFailed
from zhanggui.config.postgres.locking import alone, forget_users, last_of_users
from zhanggui.config.postgres.place import Place
from zhanggui.config.postgres.probing import is_alive, postmaster_of, server_processes

STOP_SECONDS = 600
"""A clean stop writes everything to disk first, which after a bulk import takes its time."""


def leave(home: Path) -> bool:
    """This process needs the server no more; True when it was the last user and the server is now stopped.

    A process that dies without leaving is not counted any more either, but then nobody stops the server:
    it stays until the next last user leaves, or until `stop`.
    """
    place = Place(Path(os.path.realpath(home)))
    if not last_of_users(place.users_lock):
        return False
    try:
        return stop(home)
    finally:
        forget_users(place.users_lock)


def stop(home: Path) -> bool:
    """Stop the server of `home` cleanly, whoever uses it; False when none was running.

    Raises StopFailed when it does not end.
    """
    place = Place(Path(os.path.realpath(home)))
    if not place.folder.is_dir():
        return False
    with alone(place.start_lock):
        postmaster = postmaster_of(server_processes(place))
        if postmaster is None:
            return False
        try:
            # SIGINT is PostgreSQL's fast stop: open sessions end, what they did not commit is undone.
            postmaster.send_signal(signal.SIGINT)
        except psutil.NoSuchProcess:
            return True
        _wait_until_gone(place, postmaster)
    return True


def _wait_until_gone(place: Place, postmaster: psutil.Process) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    pause = 0.005
    while is_alive(postmaster):
        if time.monotonic() > deadline:
            raise StopFailed(
                f"the database server (process {postmaster.pid}) still runs {STOP_SECONDS} seconds "
                f"after it was asked to stop; see {place.log}",
                pid=postmaster.pid,
            )
        time.sleep(pause)
        pause = min(pause * 1.5, 0.25)
