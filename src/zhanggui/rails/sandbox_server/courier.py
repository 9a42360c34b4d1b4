"""Carries callbacks to where they belong, over real HTTP."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx

from zhanggui.rails.sandbox_server.callbacks import Writing
from zhanggui.rails.sandbox_server.gateway import Gateway, House
from zhanggui.rails.sandbox_server.store import Document

PATIENCE_SECONDS = 5


class Courier:
    """Sends what is due, by itself and when asked. `locked` runs a function while nothing else touches the store."""

    def __init__(self, house: House, gateway: Gateway, locked: Callable[..., Any]) -> None:
        self._house = house
        self._gateway = gateway
        self._locked = locked
        self._woken = asyncio.Event()
        # A callback is a connection of its own, as a gateway's is.
        self._client = httpx.AsyncClient(
            timeout=PATIENCE_SECONDS, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
        )

    def wake(self) -> None:
        """Something may be due."""
        self._woken.set()

    async def run(self) -> None:
        """Send what is due, for ever."""
        while True:
            left = await self._locked(self._house.callbacks.seconds_left)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), left)
            self._woken.clear()
            for number in await self._locked(self._house.callbacks.due):
                await self._deliver_as_owed(number)

    async def deliver(self, number: str, writing: Writing) -> Document:
        """Send one callback now, written in this way, and say what came of it."""
        callback = await self._locked(self._house.callbacks.get, number)
        if callback is None:
            return {"id": number, "said": "forgotten"}
        begun = await self._locked(self._house.clock.now)
        tried = {
            "writing": str(writing),
            "at": begun.isoformat(),
            "status": 0,
            "taken": False,
            "said": "",
        }
        letter = await self._locked(self._gateway.letter, callback, writing)
        try:
            heard = await self._client.post(callback["address"], headers=letter.headers, content=letter.body)
            taken = self._gateway.is_taken(heard.status_code, heard.content)
            tried |= {"status": heard.status_code, "taken": taken, "said": heard.text[:300]}
        except (httpx.HTTPError, httpx.InvalidURL) as failed:
            tried["said"] = f"{type(failed).__name__}: {failed}"
        retry = self._gateway.retry_seconds
        await self._locked(lambda: self._house.callbacks.note_try(number, tried, retry_seconds=retry))
        return {"id": number} | tried

    async def _deliver_as_owed(self, number: str) -> None:
        callback = await self._locked(self._house.callbacks.get, number)
        if callback is not None and not callback["tries"]:
            for writing in callback["before"]:
                await self.deliver(number, Writing(writing))
            if callback["twice"]:
                await self.deliver(number, Writing.TRUE)
        await self.deliver(number, Writing.TRUE)
