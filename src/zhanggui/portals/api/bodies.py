"""What a request may carry: size checked before it is read, JSON only, no field twice."""

import json
from collections.abc import Callable
from typing import Any, NoReturn

import orjson
from django.http import HttpRequest, HttpResponse
from ninja.parser import Parser

from zhanggui.portals.api.body_limit import API_PREFIX, announced, most_of
from zhanggui.portals.api.errors import MalformedJson, UnsupportedMediaType, framework_answer


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
        if announced(request.META.get("CONTENT_LENGTH")) > most_of(request.path):
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


def dumps(value: Any) -> bytes:
    """JSON as the API writes it."""
    return orjson.dumps(value, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)
