"""Sandboxes as real processes, and a receiver for their callbacks."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]


@dataclass
class Sandbox:
    """A running sandbox: its address, its folder, and its `/sandbox/` addresses as methods."""

    address: str
    folder: Path
    http: httpx.Client

    def steer(self, method: str, address: str, document: Any = None, **query: str) -> Any:
        """Ask a `/sandbox/` address; what it says."""
        answered = self.http.request(method, f"/sandbox/{address}", json=document, params=query)
        assert answered.is_success, answered.text
        return answered.json()

    def fault(self, kind: str, **more: Any) -> None:
        self.steer("POST", "faults", {"kind": kind} | more)

    def set_clock(self, now: str, *, frozen: bool = True) -> None:
        self.steer("POST", "clock", {"now": now, "frozen": frozen})

    def advance(self, seconds: int) -> None:
        self.steer("POST", "clock", {"advance_seconds": seconds})

    def deliver(self, number: str = "", writing: str = "true") -> list[dict[str, Any]]:
        return self.steer(
            "POST", "callbacks/deliver", {"writing": writing} | ({"id": number} if number else {})
        )

    @property
    def client(self) -> dict[str, Any]:
        """What our side is configured with."""
        return json.loads((self.folder / "client.json").read_text("utf-8"))


@contextmanager
def running(module: str, folder: Path, *, port: int = 0) -> Iterator[Sandbox]:
    """A sandbox as a process of its own while the block runs."""
    command = [sys.executable, "-m", module, "--folder", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, f"the sandbox {module} ended before it listened"
        address = json.loads(line)["address"]
        with httpx.Client(base_url=address, timeout=20, trust_env=False) as client:
            yield Sandbox(address, folder, client)
    finally:
        process.terminate()
        process.wait(20)
        if process.stdout is not None:
            process.stdout.close()


@dataclass
class Received:
    """A callback as it came: path, headers in small letters, bytes."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Hears callbacks. `answers` are given in order, then `status` and `body` for ever."""

    address: str = ""
    status: int = 204
    body: bytes = b""
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    heard: "Queue[Received]" = field(default_factory=Queue)

    def next(self) -> Received:
        """The next callback; fails when none comes."""
        return self.heard.get(timeout=20)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver of callbacks while the block runs."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            status, said = (receiver.answers or [(receiver.status, receiver.body)])[0]
            del receiver.answers[:1]
            self.send_response(status)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.heard.put(Received(self.path, headers, body))

        def log_message(self, *said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
