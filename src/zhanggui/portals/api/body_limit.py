"""ASGI: a body that is too large is refused before it is read. Needs nothing of Django."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

API_PREFIX = "/api/"
BODY_MAX_BYTES = 16 * 1024 * 1024
type Message = dict[str, Any]


def announced(text: str | bytes | None) -> int:
    """The Content-Length, 0 when there is none or it is no number."""
    try:
        return int(text or 0)
    except ValueError:
        return 0


class BodyLimit:
    """Stops reading a body under /api/ as soon as it is too large, announced or not, and answers 413.

    Django reads the whole body before any middleware runs; only here can 200 MB be refused unread.
    """

    def __init__(self, app: Callable[..., Awaitable[None]], most: int = BODY_MAX_BYTES) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Any) -> None:
        """Pass the request on, counting what comes in."""
        if scope["type"] != "http" or not scope["path"].startswith(API_PREFIX):
            await self.app(scope, receive, send)
            return
        headers = dict(scope.get("headers", ()))
        if announced(headers.get(b"content-length")) > self.most:
            await _refuse(send)
            return
        counted = _Counted(receive, self.most)
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        await self.app(scope, counted, sending)
        if counted.exceeded and not started:
            await _refuse(send)


class _Counted:
    """`receive` that hangs up on the application once more than `most` bytes came."""

    def __init__(self, receive: Callable[[], Awaitable[Message]], most: int) -> None:
        self._receive, self._left, self.exceeded = receive, most, False

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                self.exceeded = True
                return {"type": "http.disconnect"}
        return message


async def _refuse(send: Callable[[Message], Awaitable[None]]) -> None:
    message = f"The request body is over {BODY_MAX_BYTES} bytes; send smaller batches."
    error = {"code": "body_too_large", "message": message, "details": {}, "trace_id": ""}
    body = json.dumps({"error": error}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
