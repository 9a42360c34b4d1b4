"""ASGI: a body that is too large is refused before it is read. Needs nothing of Django."""

import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

API_PREFIX = "/api/"
API_UPLOADS = ("/api/v1/imports", "/api/v1/payout-answers", "/api/v1/goods-uploads")
BODY_MAX_BYTES = 16 * 1024 * 1024
# Elsewhere people upload files of up to 100 MB, with a form around them.
UPLOAD_MAX_BYTES = 101 * 1024 * 1024
PAGE = """<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><title>文件过大 · File too large</title>
</head><body><h1>文件过大</h1><p>一次最多上传 100 MB，没有保存任何内容。</p>
<p>请返回上一页，拆小后再传，或用命令 zhanggui import-orders 导入。</p>
<h1 lang="en">The file is too large</h1><p lang="en">At most 100 MB can be uploaded at a time; nothing was kept.</p>
<p lang="en">Go back and upload a smaller file, or import it with zhanggui import-orders.</p></body></html>"""
type Message = dict[str, Any]


def most_of(path: str) -> int:
    """How many bytes a body sent to this path may have."""
    if path.startswith(API_PREFIX) and path.rstrip("/") not in API_UPLOADS:
        return BODY_MAX_BYTES
    return UPLOAD_MAX_BYTES


def announced(text: str | bytes | None) -> int:
    """The Content-Length, 0 when there is none or it is no number."""
    try:
        return int(text or 0)
    except ValueError:
        return 0


class BodyLimit:
    """Stops reading a body as soon as it is too large, announced or not, and answers 413: as JSON under /api/, as
    a page in both languages elsewhere.

    Django reads the whole body before any middleware runs; only here can 200 MB be refused unread.
    """

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Any) -> None:
        """Pass the request on, counting what comes in."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        api, most = scope["path"].startswith(API_PREFIX), most_of(scope["path"])
        refuse = partial(_refuse_call, most=most) if api else _refuse_page
        headers = dict(scope.get("headers", ()))
        if announced(headers.get(b"content-length")) > most:
            await refuse(send)
            return
        counted = _Counted(receive, most)
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        await self.app(scope, counted, sending)
        if counted.exceeded and not started:
            await refuse(send)


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


async def _refuse_call(send: Callable[[Message], Awaitable[None]], *, most: int) -> None:
    message = f"The request body is over {most} bytes; send smaller batches."
    error = {"code": "body_too_large", "message": message, "details": {}, "trace_id": ""}
    await _answer(send, b"application/json", json.dumps({"error": error}).encode())


async def _refuse_page(send: Callable[[Message], Awaitable[None]]) -> None:
    await _answer(send, b"text/html; charset=utf-8", PAGE.encode())


async def _answer(send: Callable[[Message], Awaitable[None]], kind: bytes, body: bytes) -> None:
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
