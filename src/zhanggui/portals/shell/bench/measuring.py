"""Taking time and memory, and saying on what machine."""

import importlib.metadata
import os
import platform
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from django.db import connection

MIB = 1 << 20
MICRO = 1_000_000
SAMPLE_SECONDS = 0.1
SAMPLES_PER_LIST = 10


@dataclass
class Taken:
    """What a block took: seconds, processor seconds (ours and the server's together, and the server's alone), and the
    most memory in MiB.

    Processor seconds are what is left to compare on a machine that does other work too. Memory that server
    processes share with each other (their buffer pool) is left out.
    """

    seconds: float = 0.0
    processor: float = 0.0
    server_processor: float = 0.0
    memory_mib: int = 0
    server_mib: int = 0


@contextmanager
def taking() -> Iterator[Taken]:
    """Measure the block."""
    found, server = Taken(), _server()
    stop = threading.Event()
    watcher = threading.Thread(target=_watch, args=(found, stop, server), daemon=True)
    watcher.start()
    own, theirs, began = _own_seconds(), _server_seconds(server), time.perf_counter()
    try:
        yield found
    finally:
        found.seconds = time.perf_counter() - began
        found.server_processor = _server_seconds(server) - theirs
        found.processor = _own_seconds() - own + found.server_processor
        stop.set()
        watcher.join()


def took(work: Callable[[], object]) -> Taken:
    """Measure one call."""
    with taking() as found:
        work()
    return found


def _own_seconds() -> float:
    times = psutil.Process().cpu_times()
    return float(times.user + times.system)


def _server_seconds(server: psutil.Process | None) -> float:
    """The server's processor seconds: of its living children and of those that have ended."""
    if server is None:
        return 0.0
    ended = server.cpu_times()
    spent = ended.children_user + ended.children_system
    for child in server.children():
        with suppress(psutil.Error):
            times = child.cpu_times()
            spent += times.user + times.system
    return float(spent)


def _watch(found: Taken, stop: threading.Event, server: psutil.Process | None) -> None:
    own, children, sample = psutil.Process(), list[psutil.Process](), 0
    while sample == 0 or not stop.wait(SAMPLE_SECONDS):
        if server and sample % SAMPLES_PER_LIST == 0:
            children = server.children()  # looks at every process of the machine, so not every time
        sample += 1
        found.memory_mib = max(found.memory_mib, own.memory_info().rss // MIB)
        found.server_mib = max(found.server_mib, sum(map(_private, children)) // MIB)


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
    processor_ratios: list[float] = field(default_factory=list)
    own_costs: list[float] = field(default_factory=list)
    server_costs: list[float] = field(default_factory=list)
    memory_mib: int = 0
    server_mib: int = 0
    more: dict[str, Any] = field(default_factory=dict)
    unavailable: str = ""

    def add(self, amount: int, ours: Taken, theirs: Taken, their_amount: int | None = None) -> None:
        """One run: how many units, and what they took us and them (who may have done a sample only)."""
        theirs_done = their_amount or amount
        self.ours.append(amount / ours.seconds)
        self.theirs.append(theirs_done / theirs.seconds)
        if ours.processor > 0:
            self.processor_ratios.append(theirs.processor / theirs_done * amount / ours.processor)
            self.own_costs.append((ours.processor - ours.server_processor) / amount * MICRO)
            self.server_costs.append(ours.server_processor / amount * MICRO)
        self.memory_mib = max(self.memory_mib, ours.memory_mib)
        self.server_mib = max(self.server_mib, ours.server_mib)

    def document(self) -> dict[str, Any]:
        """The case as JSON: medians over the runs, the ratio of the medians, the target; or why there are none."""
        head = {"case": self.name, "against": self.against, "unit": f"{self.unit}/s"}
        if self.unavailable:
            return head | {"target": self.target, "met": None, "unavailable": self.unavailable}
        ours, theirs = statistics.median(self.ours), statistics.median(self.theirs)
        processor = self.processor_ratios
        ratio = ours / theirs
        return {
            **head,
            "ours": round(ours, 1),
            "theirs": round(theirs, 1),
            "ratio": round(ratio, 3),
            "processor_ratio": round(statistics.median(processor), 3) if processor else None,
            "microseconds": _costs(self.own_costs, self.server_costs),
            "target": self.target,
            "met": ratio >= self.target,
            "ours_runs": [round(one, 1) for one in self.ours],
            "theirs_runs": [round(one, 1) for one in self.theirs],
            "peak_memory_mib": self.memory_mib,
            "peak_server_memory_mib": self.server_mib,
            **self.more,
        }


def _costs(own: Sequence[float], server: Sequence[float]) -> dict[str, float] | None:
    """Processor microseconds a unit, medians: of our processes, and of the server."""
    if not own:
        return None
    return {"ours": round(statistics.median(own), 3), "server": round(statistics.median(server), 3)}


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
