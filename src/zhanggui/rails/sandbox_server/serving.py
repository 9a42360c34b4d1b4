"""Serving a sandbox from this process, until told to stop."""

import argparse
import asyncio
import json
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from zhanggui.rails.sandbox_server.application import Application
from zhanggui.rails.sandbox_server.callbacks import Callbacks
from zhanggui.rails.sandbox_server.clock import Clock
from zhanggui.rails.sandbox_server.faults import Faults
from zhanggui.rails.sandbox_server.gateway import Gateway, House
from zhanggui.rails.sandbox_server.store import Store

type MakeGateway = Callable[[House], Gateway]


def serve_sandbox(
    make: MakeGateway, *, folder: Path, port: int, ready: Callable[[dict[str, str]], None],
    host: str = "127.0.0.1", address: str = "",
) -> None:  # fmt: skip
    """This function will serve a sandbox whose state lies in `folder` (made when new), call `ready` with its address,
    and return once it is told to stop. `address` is how others reach it, if not by host and port.

    Raises OSError when the port is taken.
    """
    folder.mkdir(parents=True, exist_ok=True)
    listening = socket.create_server((host, port), backlog=128)
    reached = address.rstrip("/") or f"http://{host}:{listening.getsockname()[1]}"
    store = Store(folder / "state.sqlite3")
    clock, faults = Clock(store), Faults(store)
    house = House(folder, reached, store, clock, faults, Callbacks(store, clock, faults))
    gateway = make(house)
    described = folder / "client.json"
    described.touch(mode=0o600)
    described.write_text(json.dumps(gateway.client(), ensure_ascii=False, indent=1), "utf-8")
    connections: dict[Any, asyncio.Transport] = {}

    class Connection(H11Protocol):
        """A connection that can be cut from outside."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            connections[transport.get_extra_info("peername")] = transport
            super().connection_made(transport)

        def connection_lost(self, exc: Exception | None) -> None:
            connections.pop(self.transport.get_extra_info("peername"), None)
            super().connection_lost(exc)

    config = uvicorn.Config(
        Application(house, gateway, cut=lambda peer: connections[peer].abort()),
        http=Connection, ws="none", lifespan="on", log_level="warning", access_log=False, server_header=False,
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    try:
        ready({"sandbox": gateway.name, "address": reached, "folder": str(folder)})
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])
    finally:
        listening.close()
        store.close()


def main(make: MakeGateway, arguments: Sequence[str] | None = None) -> None:
    """This function will serve a sandbox from the command line: `python -m PACKAGE --folder DIR [--port P]`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--address", default="")
    given = parser.parse_args(arguments)
    serve_sandbox(
        make, folder=given.folder, port=given.port, host=given.host, address=given.address,
        ready=lambda document: print(json.dumps(document), flush=True),
    )  # fmt: skip
