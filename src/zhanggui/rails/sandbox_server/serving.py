"""Serving a sandbox from this process, until told to stop."""

import argparse
import asyncio
import json
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from zhanggui.rails.sandbox_server.application import Application
from zhanggui.rails.sandbox_server.callbacks import Callbacks
from zhanggui.rails.sandbox_server.clock import Clock
from zhanggui.rails.sandbox_server.faults import Faults
from zhanggui.rails.sandbox_server.gateway import Gateway, House, Tls
from zhanggui.rails.sandbox_server.store import Store

type MakeGateway = Callable[[House], Gateway]


def serve_sandbox(
    make: MakeGateway, *, folder: Path, port: int, ready: Callable[[dict[str, str]], None],
    host: str = "127.0.0.1", address: str = "",
) -> None:  # fmt: skip
    """This function will serve a sandbox whose state lies in `folder` (made when new), call `ready` with its address,
    and return once it is told to stop. `address` is how others reach it, if not by host and port.

    A gateway that has `tls` is reached over TLS too, at a port of its own, the same one as last time if that is free.
    Raises OSError when the port is taken.
    """
    folder.mkdir(parents=True, exist_ok=True)
    listening = socket.create_server((host, port), backlog=128)
    reached = address.rstrip("/") or f"http://{host}:{listening.getsockname()[1]}"
    store = Store(folder / "state.sqlite3")
    clock, faults = Clock(store), Faults(store)
    secure = _secure_socket(host, store) if getattr(make, "tls", None) else None
    house = House(
        folder, reached, store, clock, faults, Callbacks(store, clock, faults),
        secure_address=f"https://{urlsplit(reached).hostname}:{secure.getsockname()[1]}" if secure else "",
    )  # fmt: skip
    gateway = make(house)
    described = folder / "client.json"
    described.touch(mode=0o600)
    described.write_text(json.dumps(gateway.client(), ensure_ascii=False, indent=1), "utf-8")
    connections = _Connections()
    application = Application(house, gateway, cut=connections.cut, certificate_of=connections.certificate_of)
    protocol = connections.protocol()
    servers = [(_server(application, protocol, lifespan="on"), listening)]
    if secure is not None:
        servers.append((_server(application, protocol, lifespan="off", tls=gateway.tls()), secure))  # type: ignore[attr-defined]
    try:
        ready({"sandbox": gateway.name, "address": reached, "folder": str(folder)})
        with suppress(KeyboardInterrupt):
            asyncio.run(_served(servers))
    finally:
        for _, one in servers:
            one.close()
        store.close()


class _Connections:
    """The connections that are open, by the peer's address: each can be cut, and what the peer showed is known."""

    def __init__(self) -> None:
        self._open: dict[Any, asyncio.Transport] = {}
        self._certificates: dict[Any, bytes] = {}

    def cut(self, peer: Any) -> None:
        """End a connection without a word."""
        self._open[peer].abort()

    def certificate_of(self, peer: Any) -> bytes:
        """The certificate that a peer showed over TLS (DER), or nothing."""
        return self._certificates.get(peer, b"")

    def protocol(self) -> type[H11Protocol]:
        """The protocol whose connections these are."""
        opened, certificates = self._open, self._certificates

        class Connection(H11Protocol):
            """A connection that can be cut from outside."""

            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                peer = transport.get_extra_info("peername")
                opened[peer] = transport
                tls = transport.get_extra_info("ssl_object")
                certificates[peer] = (tls.getpeercert(binary_form=True) or b"") if tls else b""
                super().connection_made(transport)

            def connection_lost(self, exc: Exception | None) -> None:
                peer = self.transport.get_extra_info("peername")
                opened.pop(peer, None)
                certificates.pop(peer, None)
                super().connection_lost(exc)

        return Connection


def _secure_socket(host: str, store: Store) -> socket.socket:
    """A port for TLS: the one of last time, if it is free."""
    kept = (store.get("sandbox", "secure") or {"port": 0})["port"]
    try:
        made = socket.create_server((host, kept), backlog=128)
    except OSError:
        made = socket.create_server((host, 0), backlog=128)
    store.put("sandbox", "secure", {"port": made.getsockname()[1]})
    return made


def _server(
    application: Application, connection: type[H11Protocol], *, lifespan: Literal["on", "off"], tls: Tls | None = None
) -> uvicorn.Server:  # fmt: skip
    secured: dict[str, Any] = {}
    if tls is not None:
        # Who shows no certificate is told so by the gateway; a stranger's ends the handshake.
        secured = {
            "ssl_keyfile": tls.key, "ssl_certfile": tls.certificate, "ssl_ca_certs": str(tls.callers),
            "ssl_cert_reqs": ssl.CERT_OPTIONAL,
        }  # fmt: skip
    config = uvicorn.Config(
        application, http=connection, ws="none", lifespan=lifespan, log_level="warning", access_log=False,
        server_header=False, timeout_graceful_shutdown=1, **secured,
    )  # fmt: skip
    return uvicorn.Server(config)


async def _served(servers: Sequence[tuple[uvicorn.Server, socket.socket]]) -> None:
    await asyncio.gather(*(server.serve(sockets=[listening]) for server, listening in servers))


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
