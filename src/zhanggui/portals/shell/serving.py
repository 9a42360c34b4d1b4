"""Serving the portals from this process, with a worker for background tasks beside it."""

import os
import signal
import socket
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress

import uvicorn
from django.conf import settings

from zhanggui.portals.shell.errors import AddressTaken
from zhanggui.portals.shell.static_files import collect_static_files

WORKER_GRACE_SECONDS = 20


def serve(host: str, port: int, *, ready: Callable[[str], None], with_worker: bool = True) -> None:
    """Serve at host:port (port 0: any free one) until told to stop; calls `ready(address)` once it listens.

    Raises AddressTaken when somebody else listens there.
    """
    listening = _listen(host, port)
    # Files are read by a thread; Django says so at the first one of every process, and nobody can do anything.
    warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
    try:
        collect_static_files()
        config = uvicorn.Config(
            ":".join(settings.ASGI_APPLICATION.rsplit(".", 1)),
            lifespan="off",
            log_level="warning",
            access_log=False,
            server_header=False,
        )
        shown = f"[{host}]" if ":" in host else host
        with _worker() if with_worker else nullcontext():
            ready(f"http://{shown}:{listening.getsockname()[1]}/")
            # Being told to stop from the keyboard is how serving ends well.
            with suppress(KeyboardInterrupt):
                uvicorn.Server(config).run(sockets=[listening])
    finally:
        listening.close()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(512)
    except OSError as failed:
        raise AddressTaken(
            f"cannot listen at {host}:{port} ({failed.strerror or failed}); choose another with --port",
            host=host,
            port=port,
        ) from failed
    return listening


@contextmanager
def _worker() -> Iterator[None]:
    """A worker process while the block runs; it also ends by itself when this process is gone."""
    command = [sys.executable, "-m", "zhanggui.config.command_line", "worker", "--beside", str(os.getpid())]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(WORKER_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
