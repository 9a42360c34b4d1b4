"""The ASGI application: reads a request, lets something go wrong, has the gateway answer, and writes it down."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from urllib.parse import unquote

from zhanggui.rails.sandbox_server.callbacks import Writing
from zhanggui.rails.sandbox_server.control import Control
from zhanggui.rails.sandbox_server.courier import Courier
from zhanggui.rails.sandbox_server.faults import FaultKind
from zhanggui.rails.sandbox_server.gateway import Gateway, House
from zhanggui.rails.sandbox_server.messages import Answered, Asked, json_answer

BODY_MOST = 4 * 1024 * 1024
DELIVER = "/sandbox/callbacks/deliver"
HELD = "/sandbox/held"

type Receive = Callable[[], Awaitable[dict[str, Any]]]
type Send = Callable[[dict[str, Any]], Awaitable[None]]


class Application:
    """One sandbox. Requests are answered one at a time; only those that a fault holds wait beside them.

    `cut` ends a connection without a word, given the peer's address; `certificate_of` is what the peer showed there.
    """

    def __init__(
        self,
        house: House,
        gateway: Gateway,
        cut: Callable[[Any], None],
        certificate_of: Callable[[Any], bytes] = lambda peer: b"",
    ) -> None:
        self._house = house
        self._gateway = gateway
        self._cut = cut
        self._certificate_of = certificate_of
        self._control = Control(house, gateway)
        self._lock = asyncio.Lock()
        self._courier = Courier(house, gateway, self._locked)
        self._holding: set[asyncio.Event] = set()
        self._carrying: asyncio.Task[None] | None = None

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            asked = await _read(scope, receive, self._certificate_of(scope["client"]))
            answered = await self._answered(asked)
            if answered is None:
                self._cut(scope["client"])
                while (await receive())["type"] != "http.disconnect":
                    pass
            else:
                await _write(answered, asked, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._carrying = asyncio.create_task(self._courier.run())
                await send({"type": "lifespan.startup.complete"})
            else:
                if self._carrying is not None:
                    self._carrying.cancel()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _answered(self, asked: Asked) -> Answered | None:
        """The answer; None when the connection is to be cut instead."""
        if asked.path.startswith("/sandbox/"):
            steered = await self._steer(asked)
            if steered is not None:
                self._courier.wake()
                return steered
        await self._hold(asked)
        answered: Answered | None = await self._locked(self._done, asked)
        self._courier.wake()
        return answered

    async def _steer(self, asked: Asked) -> Answered | None:
        if asked.path == HELD:
            held = len(self._holding)
            if asked.method == "DELETE":
                for one in self._holding:
                    one.set()
            return json_answer({"held": held})
        if asked.path == DELIVER and asked.method == "POST":
            return await self._deliver(asked)
        steered: Answered | None = await self._locked(self._control.answer, asked)
        return steered

    async def _deliver(self, asked: Asked) -> Answered:
        """Callbacks go out now: the one with this `id`, or all that nobody took."""
        try:
            told = asked.document
            writing = Writing(told.get("writing", "true"))
        except ValueError as wrong:
            return json_answer({"message": str(wrong)}, 400)
        every = await self._locked(self._house.callbacks.every)
        open_ones = [one["id"] for one in every if one["state"] != "taken"]
        wanted = [str(told["id"])] if "id" in told else open_ones
        if not {*wanted} <= {one["id"] for one in every}:
            return json_answer({"message": "there is no such callback"}, 404)
        return json_answer([await self._courier.deliver(number, writing) for number in wanted])

    async def _hold(self, asked: Asked) -> None:
        take = partial(self._house.faults.take, FaultKind.SILENT, path=asked.path, method=asked.method)
        fault = await self._locked(take)
        if fault is None:
            return
        released = asyncio.Event()
        self._holding.add(released)
        try:
            await asyncio.wait_for(released.wait(), fault.seconds)
        except TimeoutError:
            pass
        finally:
            self._holding.discard(released)

    def _done(self, asked: Asked) -> Answered | None:
        fault = self._house.faults.take(
            FaultKind.BROKEN, FaultKind.LOST, FaultKind.WRONG_SIGNATURE, FaultKind.UNSIGNED,
            path=asked.path, method=asked.method,
        )  # fmt: skip
        kind = fault.kind if fault else None
        if kind == FaultKind.BROKEN:
            answered = json_answer({"code": "SYSTEM_ERROR", "message": "the sandbox was told to break"}, 500)
        else:
            answered = self._gateway.answer(asked)
            if kind != FaultKind.UNSIGNED:
                answered = self._gateway.sealed(answered, asked, wrong=kind == FaultKind.WRONG_SIGNATURE)
        self._note(asked, answered, kind)
        return None if kind == FaultKind.LOST else answered

    def _note(self, asked: Asked, answered: Answered, fault: FaultKind | None) -> None:
        number = self._house.store.next("requests")
        self._house.store.put("request", str(number), {
            "id": number, "at": self._house.clock.now().isoformat(), "method": asked.method, "path": asked.path,
            "target": asked.target, "body": asked.body.decode("utf-8", "replace"), "status": answered.status,
            "answer": answered.body.decode("utf-8", "replace")[:4000], "fault": str(fault or ""),
        })  # fmt: skip

    async def _locked(self, work: Callable[..., Any], *arguments: Any) -> Any:
        def changing() -> Any:
            with self._house.store.change():
                return work(*arguments)

        async with self._lock:
            return await asyncio.to_thread(changing)


async def _read(scope: dict[str, Any], receive: Receive, certificate: bytes) -> Asked:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        body += message.get("body", b"")
        if not message.get("more_body") or len(body) > BODY_MOST:
            break
    raw = scope["raw_path"].decode("ascii")
    query = scope["query_string"].decode("ascii")
    return Asked(
        method=scope["method"], path=unquote(raw), target=f"{raw}?{query}" if query else raw,
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        body=bytes(body), client=scope["client"][0] if scope["client"] else "", certificate=certificate,
    )  # fmt: skip


async def _write(answered: Answered, asked: Asked, send: Send) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answered.headers.items()]
    headers.append((b"content-length", str(len(answered.body)).encode()))
    await send({"type": "http.response.start", "status": answered.status, "headers": headers})
    body = b"" if asked.method == "HEAD" else answered.body
    await send({"type": "http.response.body", "body": body})
