"""Starting workers, waiting for what they say, killing them for real."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

from django.db import connection
from psycopg.conninfo import make_conninfo

ROOT = Path(__file__).resolve().parents[2]


def address() -> str:
    """DATABASE_URL of the database that this test uses."""
    settings = connection.settings_dict
    parts = {
        "dbname": settings["NAME"], "user": settings["USER"], "password": settings["PASSWORD"],
        "host": settings["HOST"], "port": settings["PORT"], "passfile": settings["OPTIONS"].get("passfile"),
    }  # fmt: skip
    return make_conninfo(**{name: str(value) for name, value in parts.items() if value})


class Worker:
    """One process of `tests.faults.worker`."""

    def __init__(self, act: str, stall_at: int = 0) -> None:
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        environment = os.environ | {"DATABASE_URL": address(), "PYTHONPATH": path}
        self.said: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker", act, str(stall_at)], cwd=ROOT, env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        # A test that fails while a worker hangs must not hang with it.
        self.timer = threading.Timer(240, self.process.kill)
        self.timer.start()

    def hears(self, word: str) -> str:
        """Read what the worker says up to a line that begins with a word."""
        stream = self.process.stdout
        assert stream is not None
        for line in stream:
            self.said.append(line.strip())
            if line.startswith(word):
                return line.strip()
        raise AssertionError(
            f"the worker ended without saying {word!r}: {self.said}\n{_rest(self.process.stderr)}"
        )

    def kill(self) -> None:
        """kill -9, and see it dead."""
        os.kill(self.process.pid, signal.SIGKILL)
        assert self.process.wait(10) == -signal.SIGKILL
        self._leave()

    def ends(self) -> list[str]:
        """Wait for a good end and return all it said."""
        out, errors = self.process.communicate(timeout=240)
        self.said += out.split("\n")
        self._leave()
        assert self.process.returncode == 0, errors
        return [line for line in self.said if line]

    def _leave(self) -> None:
        self.timer.cancel()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


def _rest(stream: IO[str] | None) -> str:
    return stream.read() if stream is not None else ""
