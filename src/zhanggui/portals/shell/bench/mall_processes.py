"""Web workers as `zhanggui serve` starts them, on the throw-away database; killed and started again at will."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from zhanggui.portals.shell.bench.handing_on import environment, keys_into


@dataclass
class Worker:
    """One web worker process and where it listens."""

    home: Path
    process: subprocess.Popen[str]
    address: str
    spent_before: float = 0.0

    def kill(self) -> None:
        """This function will end it as a power cut does, in the middle of whatever it does."""
        self.spent_before += self._spent_now()
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def start_again(self) -> None:
        """This function will start another process at the same address."""
        self.process, self.address = _started(self.home, urlsplit(self.address).port or 0)

    def processor_seconds(self) -> float:
        """Of all processes that were this worker."""
        return self.spent_before + self._spent_now()

    def _spent_now(self) -> float:
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)


@contextmanager
def web_workers(count: int, home: Path) -> Iterator[list[Worker]]:
    """So many web workers with a home of their own while the block runs."""
    keys_into(home)
    workers: list[Worker] = []
    try:
        for _ in range(count):
            process, address = _started(home, 0)
            workers.append(Worker(home, process, address))
        yield workers
    finally:
        for worker in workers:
            worker.kill()


def _started(home: Path, port: int) -> tuple[subprocess.Popen[str], str]:
    log = (home / "workers.log").open("ab")
    process = subprocess.Popen(
        [sys.executable, "-m", "zhanggui.config.command_line", "serve", "--no-worker", "--json", "--port", str(port)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True,
        env=environment(home),
    )  # fmt: skip
    log.close()
    assert process.stdout is not None
    document = ""
    for line in process.stdout:
        document += line
        if line.startswith("}"):
            return process, str(json.loads(document)["address"]).rstrip("/")
    process.wait()
    said = (home / "workers.log").read_text("utf-8", "replace").strip().splitlines()
    raise RuntimeError(f"a web worker did not start: {said[-1] if said else 'it said nothing'}")
