"""A feed of another system, served over real HTTP from a thread."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "secret"


@contextmanager
def serving(pages: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Serve pages by cursor, to whoever has the token; the address."""

    class Feed(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                self.send_error(401)
                return
            after = parse_qs(urlsplit(self.path).query, keep_blank_values=True)["after"][0]
            body = json.dumps(pages[after]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Feed)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/charges"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
