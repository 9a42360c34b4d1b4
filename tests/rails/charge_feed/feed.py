"""A feed of another system, served over real HTTP: from a thread, or as a process of its own."""

import json
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "secret"


class Sandbox:
    """What is served, and how it goes wrong.

    `faults` maps a cursor to what happens to the next requests for that page, one after another: "500", "redirect",
    "broken" (no JSON), "cut" (the connection ends in the middle), "drip" (byte by byte), "lost" (the page was served, its answer never
    arrives), "silent" (nothing until `wake` is set, then the same), "slow" (answered when `wake` is set). `asked` says what was asked for, with which credential.
    """

    def __init__(self, pages: Mapping[str, Mapping[str, Any]]) -> None:
        self.pages = pages
        self.faults: dict[str, list[str]] = {}
        self.asked: list[str] = []
        self.credentials: list[str] = []
        self.elsewhere: list[str] = []
        self.wake = threading.Event()
        self.url = ""

    def handler(sandbox) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Feed(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                if parts.path == "/elsewhere":
                    sandbox.elsewhere.append(self.headers.get("Authorization") or "")
                    self.answer(json.dumps({"charges": [], "next": None}).encode())
                    return
                after = parse_qs(parts.query, keep_blank_values=True)["after"][0]
                sandbox.asked.append(after)
                sandbox.credentials.append(self.headers.get("Authorization") or "")
                if sandbox.credentials[-1] != f"Bearer {TOKEN}":
                    self.send_error(401)
                    return
                self.page(after, sandbox.faults.get(after) or [])

            def page(self, after: str, faults: list[str]) -> None:
                fault = faults.pop(0) if faults else ""
                body = json.dumps(sandbox.pages[after]).encode()
                if fault == "500":
                    self.send_error(500)
                elif fault == "redirect":
                    self.send_response(302)
                    self.send_header("Location", sandbox.url.replace("/charges", "/elsewhere"))
                    self.end_headers()
                elif fault == "broken":
                    self.answer(b'{"charges": [')
                elif fault == "cut":
                    self.answer(body[: len(body) // 2], length=len(body))
                elif fault == "drip":
                    self.answer(b" ", length=10_000)
                    with suppress(OSError):  # whoever asked hangs up
                        while not sandbox.wake.wait(0.02):
                            self.wfile.write(b" ")
                elif fault in ("lost", "silent"):
                    if fault == "silent":
                        sandbox.wake.wait(30)
                    self.close_connection = True
                else:
                    if fault == "slow":
                        sandbox.wake.wait(30)
                    self.answer(body)

            def answer(self, body: bytes, length: int | None = None) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(body) if length is None else length))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        return Feed


@contextmanager
def sandbox(pages: Mapping[str, Mapping[str, Any]]) -> Iterator[Sandbox]:
    """A system that serves pages by cursor to whoever has the token."""
    found = Sandbox(pages)
    server = ThreadingHTTPServer(("127.0.0.1", 0), found.handler())
    server.daemon_threads = True
    found.url = f"http://127.0.0.1:{server.server_port}/charges"
    thread = threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield found
    finally:
        found.wake.set()
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def serving(pages: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Serve pages by cursor, to whoever has the token; the address."""
    with sandbox(pages) as found:
        yield found.url


if __name__ == "__main__":
    # A process of its own: pages as JSON on standard input; the address on standard output; until it is ended.
    alone = Sandbox(json.loads(sys.stdin.read()))
    with ThreadingHTTPServer(("127.0.0.1", 0), alone.handler()) as alone_server:
        alone.url = f"http://127.0.0.1:{alone_server.server_port}/charges"
        print(alone.url, flush=True)
        alone_server.serve_forever()
