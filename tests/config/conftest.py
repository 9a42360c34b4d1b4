"""A home of its own for every test of the embedded server, and processes that use it."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from zhanggui.config import postgres

Code = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def home() -> Iterator[Path]:
    """A short folder that the server's user can pass through."""
    folder = Path(tempfile.mkdtemp(prefix="zg-"))
    folder.chmod(0o711)
    yield folder
    postgres.stop(folder)
    shutil.rmtree(os.path.realpath(folder / "postgres"), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def python() -> Iterator[Code]:
    """Start another Python process on a piece of code; those that still run are killed afterwards."""
    started: list[subprocess.Popen[str]] = []

    def start(code: str, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=inherited | environment,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def ask(address: str, question: str) -> object:
    """The one value that a fresh connection answers with."""
    with psycopg.connect(address) as connection:
        row = connection.execute(question).fetchone()  # type: ignore[call-overload]
    return row[0] if row else None
