"""Looking at the server: does it answer, and which processes are its own."""

from dataclasses import dataclass
from pathlib import Path

import psutil
from psycopg import pq

from zhanggui.config.postgres.address import embedded_address
from zhanggui.config.postgres.binaries import installed_binaries
from zhanggui.config.postgres.place import Place


@dataclass(frozen=True, slots=True)
class Status:
    """What is known about the embedded server of one home."""

    running: bool
    address: str
    data: str
    version: str
    processes: int


def ping(place: Place) -> pq.Ping:
    """What a connection to the server meets: OK, REJECT (starting, recovering, stopping) or no answer."""
    address = embedded_address(place.home) + "&connect_timeout=5"
    return pq.Ping(pq.PGconn.ping(address.encode()))


def answers(place: Place) -> bool:
    return ping(place) == pq.Ping.OK


def status(home: Path) -> Status:
    """Whether the server of `home` answers, and where it is. Starts nothing."""
    place = Place(home)
    return Status(
        running=answers(place),
        address=embedded_address(home),
        data=str(place.data),
        version=installed_binaries().version,
        processes=len(server_processes(place)),
    )


def server_processes(place: Place) -> list[psutil.Process]:
    """Living processes of the server of this data folder; zombies and strangers with a reused pid are not."""
    data = str(place.data)
    found = []
    for process in psutil.process_iter():
        try:
            if process.name() != "postgres" or process.status() == psutil.STATUS_ZOMBIE:
                continue
            if process.cwd() == data:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def postmaster_of(processes: list[psutil.Process]) -> psutil.Process | None:
    """The one that the others descend from; its own children rename themselves `postgres: ...`."""
    for process in processes:
        try:
            if "-D" in process.cmdline():
                return process
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return None


def is_alive(process: psutil.Process) -> bool:
    """Running, and not merely waiting for a parent to take note of its end."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
