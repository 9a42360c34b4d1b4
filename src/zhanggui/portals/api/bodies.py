"""What a request may carry: size checked before it is read, JSON only, no field twice."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

import orjson
from django.http import HttpRequest, HttpResponse
from ninja.parser import Parser

from zhanggui.portals.api.errors import MalformedJson, UnsupportedMediaType, framework_answer

API_PREFIX = "/api/"
BODY_MAX_BYTES = 16 * 1024 * 1024
type Message = dict[str, Any]


class StrictJson(Parser):
    """Reads application/json strictly."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The document in the body. Raises UnsupportedMediaType, MalformedJson."""
        if request.content_type != "application/json":
            raise UnsupportedMediaType(
                f"The body is {request.content_type or 'of no type'}; send it as application/json",
                content_type=request.content_type,
            )
        try:
            return json.loads(request.body, object_pairs_hook=_once, parse_constant=_no_number)
        except RecursionError:
            raise MalformedJson("The body is nested too deeply.") from None
        except ValueError as broken:
            raise MalformedJson(f"The body is not a JSON document: {broken}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for place, (name, _) in enumerate(pairs) if name in dict(pairs[:place]))
        raise ValueError(f"the field {twice!r} occurs twice in one object; nobody could say which was meant")
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number")


class ApiErrorsMiddleware:
    """Puts what the framework itself says (404, 405, 413, 500 …) under /api/ into the API's error shape and
    refuses a body by its announced size. Put it right after TraceMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(API_PREFIX):
            return self.get_response(request)
        if announced(request.META.get("CONTENT_LENGTH")) > BODY_MAX_BYTES:
            return framework_answer(request, 413)
        response = self.get_response(request)
        if response.status_code < 400 or response.headers.get("Content-Type", "").startswith(
            "application/json"
        ):
            return response
        shaped = framework_answer(request, response.status_code)
        for name in ("Allow", "Retry-After"):
            if name in response.headers:
                shaped.headers[name] = response.headers[name]
        return shaped


def announced(text: str | bytes | None) -> int:
    """The Content-Length, 0 when there is none or it is no number."""
    try:
        return int(text or 0)
    except ValueError:
        return 0


class BodyLimit:
    """ASGI: stops reading a body under /api/ as soon as it is too large, announced or not, and answers 413.

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
    answer = framework_answer(None, 413)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(answer.content)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": answer.content})


def dumps(value: Any) -> bytes:
    """JSON as the API writes it."""
    return orjson.dumps(value, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)
