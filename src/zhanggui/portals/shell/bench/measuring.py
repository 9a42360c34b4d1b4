"""Taking time and memory, and saying on what machine."""

import importlib.metadata
import os
import platform
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from django.db import connection

MIB = 1 << 20
SAMPLE_SECONDS = 0.02


@dataclass
class Taken:
    """Seconds of a block and the most memory it took, in MiB: this process, and all server processes.

    Memory that server processes share with each other (their buffer pool) is left out.
    """

    seconds: float = 0.0
    memory_mib: int = 0
    server_mib: int = 0


@contextmanager
def taking() -> Iterator[Taken]:
    """Measure the block."""
    found = Taken()
    stop = threading.Event()
    watcher = threading.Thread(target=_watch, args=(found, stop, _server()), daemon=True)
    watcher.start()
    began = time.perf_counter()
    try:
        yield found
    finally:
        found.seconds = time.perf_counter() - began
        stop.set()
        watcher.join()


def seconds_of(work: Callable[[], object]) -> float:
    """How long a piece of work takes, without watching its memory."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _watch(found: Taken, stop: threading.Event, server: psutil.Process | None) -> None:
    own = psutil.Process()
    while not stop.wait(SAMPLE_SECONDS):
        found.memory_mib = max(found.memory_mib, own.memory_info().rss // MIB)
        if server:
            found.server_mib = max(found.server_mib, sum(map(_private, server.children())) // MIB)


def _private(process: psutil.Process) -> int:
    try:
        told = process.memory_info()
    except psutil.Error:
        return 0
    return int(told.rss - getattr(told, "shared", 0))


def _server() -> psutil.Process | None:
    """The server's first process, whose children serve connections, if it is on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        pid = cursor.fetchone()[0]
    try:
        process = psutil.Process(pid)
        return process.parent() if "postgres" in process.name() else None
    except psutil.Error:
        return None


@dataclass
class Case:
    """One comparison: what we did, what it is held against, their speeds in `unit` a second, run by run."""

    name: str
    against: str
    unit: str
    target: float
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)
    memory_mib: int = 0
    server_mib: int = 0
    more: dict[str, Any] = field(default_factory=dict)

    def add(self, amount: float, ours: float, theirs: float, taken: Taken | None = None) -> None:
        """One run: how many units, our seconds, their seconds."""
        self.ours.append(amount / ours)
        self.theirs.append(amount / theirs)
        if taken:
            self.memory_mib = max(self.memory_mib, taken.memory_mib)
            self.server_mib = max(self.server_mib, taken.server_mib)

    def document(self) -> dict[str, Any]:
        """The case as JSON: medians over the runs, the ratio of the medians, the target."""
        ours, theirs = statistics.median(self.ours), statistics.median(self.theirs)
        ratio = ours / theirs
        return {
            "case": self.name,
            "against": self.against,
            "unit": f"{self.unit}/s",
            "ours": round(ours, 1),
            "theirs": round(theirs, 1),
            "ratio": round(ratio, 3),
            "target": self.target,
            "met": ratio >= self.target,
            "ours_runs": [round(one, 1) for one in self.ours],
            "theirs_runs": [round(one, 1) for one in self.theirs],
            "peak_memory_mib": self.memory_mib,
            "peak_server_memory_mib": self.server_mib,
            **self.more,
        }


def machine() -> dict[str, Any]:
    """What ran the benchmark."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_setting('server_version'), current_setting('fsync'),"
            " current_setting('synchronous_commit'), current_setting('shared_buffers')"
        )
        version, fsync, synchronous, buffers = cursor.fetchone()
    return {
        "processors": os.cpu_count(),
        "processor": _processor(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(),
        "load_before": [round(one, 2) for one in os.getloadavg()],
        "postgresql": version,
        "fsync": fsync,
        "synchronous_commit": synchronous,
        "shared_buffers": buffers,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "psycopg": importlib.metadata.version("psycopg"),
        "zhanggui": importlib.metadata.version("zhanggui"),
    }


def _processor() -> str:
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()
