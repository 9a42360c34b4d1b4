"""What a gateway is to the sandbox server, and what it gets from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from zhanggui.rails.sandbox_server.callbacks import Callbacks, Writing
from zhanggui.rails.sandbox_server.clock import Clock
from zhanggui.rails.sandbox_server.faults import Faults
from zhanggui.rails.sandbox_server.messages import Answered, Asked
from zhanggui.rails.sandbox_server.router import Router
from zhanggui.rails.sandbox_server.store import Document, Store


@dataclass(frozen=True)
class House:
    """What a gateway lives in: its folder, where the world reaches it, and what the server keeps for it."""

    folder: Path
    address: str  # http://127.0.0.1:PORT
    store: Store
    clock: Clock
    faults: Faults
    callbacks: Callbacks
    secure_address: str = ""  # https://127.0.0.1:PORT, where a gateway that has `tls` is reached over TLS


@dataclass(frozen=True)
class Letter:
    """A callback as it goes over the wire, by POST."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Tls:
    """How a gateway is reached over TLS: PEM files of its key and certificate, and of who issues its callers'."""

    key: Path
    certificate: Path
    callers: Path


class Gateway(Protocol):
    """One gateway. Its methods are called one at a time, each inside one change of the store, but for `letter`.

    `routes` are its addresses; `answer` finds the handler there and checks and refuses as the real gateway does;
    `sealed` signs what is answered (`wrong`: so that the signature does not hold). `retry_seconds` are the pauses
    between tries of a callback. `client` is what our side is configured with: settings and secrets.

    A gateway that wants callers to show certificates has besides `tls(): Tls`.
    """

    name: str
    routes: Router
    retry_seconds: tuple[int, ...]

    def answer(self, asked: Asked) -> Answered: ...

    def sealed(self, answered: Answered, asked: Asked, *, wrong: bool) -> Answered: ...

    def letter(self, callback: Document, writing: Writing) -> Letter: ...

    def is_taken(self, status: int, body: bytes) -> bool: ...

    def client(self) -> Mapping[str, Any]: ...
