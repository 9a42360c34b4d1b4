"""Two kinds of routes: `look` reads, `act` writes once per Idempotency-Key. Both document every status."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.renderers import BaseRenderer
from ninja.responses import Status

from zhanggui.portals.api.bodies import dumps
from zhanggui.portals.api.errors import UnknownParameter
from zhanggui.portals.api.idempotency import HEADER, idempotent
from zhanggui.portals.api.schemas.fields import Strict

KEY_PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": True,
    "description": "One per act; the same key and body again give the first answer again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]{1,128}$"},
}
READ_ERRORS = (400, 401, 403, 404, 405, 413, 422, 500)
WRITE_ERRORS = (*READ_ERRORS, 409, 415)


class ErrorBody(Schema):
    """What went wrong: `code` for programs, `message` for people, `trace_id` for us."""

    code: str
    message: str
    details: dict[str, Any]
    trace_id: str


class ErrorAnswer(Schema):
    """The one error shape."""

    error: ErrorBody


class Json(BaseRenderer):
    """JSON as `bodies.dumps` writes it, reads and writes alike."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """The bytes of an answer."""
        return dumps(data)


def look(router: Router, path: str, out: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate a read that answers 200 with `out`."""

    def route(view: Callable[..., Any]) -> Callable[..., Any]:
        routed = router.get(path, response={200: out}, operation_id=view.__name__)(view)
        _also_refuse(router, path, READ_ERRORS)
        return routed

    return route


def act(
    router: Router, path: str, out: type[Strict] | type[Schema], status: int = 200
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate a write whose returned value, as `out`, is answered with `status`, once per key."""

    def route(view: Callable[..., Any]) -> Callable[..., Any]:
        routed = router.post(
            path,
            response={status: out},
            operation_id=view.__name__,
            openapi_extra={"parameters": [KEY_PARAMETER]},
        )(idempotent(view, out=out, status=status))
        _also_refuse(router, path, WRITE_ERRORS)
        return routed

    return route


def ask(router: Router, path: str, out: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate a POST that only computes (a check, a what-if): nothing is kept, no key is needed."""

    def route(view: Callable[..., Any]) -> Callable[..., Any]:
        def answer(request: HttpRequest, *arguments: Any, **named: Any) -> Any:
            return Status(200, view(request, *arguments, **named))

        answer.__wrapped__ = view  # type: ignore[attr-defined]  # ninja reads the signature through it
        answer.__doc__, answer.__name__ = view.__doc__, view.__name__
        routed = router.post(path, response={200: out}, operation_id=view.__name__)(answer)
        _also_refuse(router, path, WRITE_ERRORS)
        return routed

    return route


class ErrorResponse(Schema):
    """A model as ninja keeps one for an answer: what is answered is its `response`."""

    response: ErrorAnswer


def _also_refuse(router: Router, path: str, statuses: Sequence[int]) -> None:
    """The newest operation of a path answers errors too. All share one model: left to ninja, each status of each
    operation gets one of its own, some 2,500, which took most of the seconds in which the program starts."""
    operation = router.path_operations[path].operations[-1]
    operation.response_models |= dict.fromkeys(statuses, ErrorResponse)


def refuse_unknown_parameters(router: Router) -> None:
    """Make every route of a router refuse query parameters it does not know: ignored, a misspelt filter
    would answer another question."""
    for view in router.path_operations.values():
        for operation in view.operations:
            known = {
                name
                for model in operation.models
                if model.__ninja_param_source__ == "query"
                for name in model.__ninja_flatten_map__
            }
            operation.view_func = _checked(operation.view_func, frozenset(known))


def _checked(view: Callable[..., Any], known: frozenset[str]) -> Callable[..., Any]:
    def checked(request: HttpRequest, *arguments: Any, **named: Any) -> Any:
        unknown = sorted(set(request.GET) - known)
        if unknown:
            raise UnknownParameter(
                f"There is no query parameter {unknown[0]!r} here"
                + (f"; known are {', '.join(sorted(known))}" if known else "; it takes none"),
                unknown=unknown,
            )
        return view(request, *arguments, **named)

    return checked
