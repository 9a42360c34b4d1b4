"""One error shape for whatever goes wrong: {"error": {"code", "message", "details", "trace_id"}}."""

import logging
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.refusals import fault_text

logger = logging.getLogger("zhanggui.api")

FRAMEWORK = {
    400: ("bad_request", "The request could not be read."),
    401: ("not_authenticated", "Send a key as `Authorization: Bearer zg_…`, or log in."),
    403: ("not_allowed", "This key or person may not do that."),
    404: ("not_found", "There is nothing at this address; /api/v1/openapi.json lists all."),
    405: (
        "method_not_allowed",
        "This address does not take that method; the Allow header lists those it takes.",
    ),
    413: ("body_too_large", "The request body is too large; send smaller batches."),
    415: ("unsupported_media_type", "Send the body as application/json."),
    500: ("failed", "This is our fault. Nothing was half done; give us the trace id."),
}


class ApiRefusal(Refusal):
    """Root of what the API itself refuses, before any domain is asked; in order of precedence."""

    code = "api_refused"
    http_status = 400


class BodyTooLarge(ApiRefusal):
    """The request body is larger than the API takes."""

    code = "body_too_large"
    http_status = 413


class UnsupportedMediaType(ApiRefusal):
    """A body that is not application/json."""

    code = "unsupported_media_type"
    http_status = 415


class MalformedJson(ApiRefusal):
    """The body is not one JSON document, or names a field twice."""

    code = "malformed_json"


class UnknownParameter(ApiRefusal):
    """A query parameter that this address does not know; ignoring it would answer another question."""

    code = "unknown_parameter"
    http_status = 422


class InvalidCursor(ApiRefusal):
    """The cursor is not one this list gave out."""

    code = "invalid_cursor"
    http_status = 422


class NotAllowed(ApiRefusal):
    """The role of the key or person does not include this act."""

    code = "not_allowed"
    http_status = 403


class NotFound(ApiRefusal):
    """No such row, or not one this caller may see: both look the same."""

    code = "not_found"
    http_status = 404


class MissingIdempotencyKey(ApiRefusal):
    """Writes need an Idempotency-Key header of 1 to 128 printable characters."""

    code = "missing_idempotency_key"


class IdempotencyKeyConflict(ApiRefusal):
    """The key was used for another request."""

    code = "idempotency_key_conflict"
    http_status = 409


class RequestInProgress(ApiRefusal):
    """The first request with this key has not ended."""

    code = "request_in_progress"
    http_status = 409


class NotReady(ApiRefusal):
    """The document asked for is not there yet."""

    code = "not_ready"
    http_status = 409


def error_answer(
    request: HttpRequest | None, status: int, code: str, message: str, details: Any = None
) -> HttpResponse:
    """The response of one error; its message is Chinese where the caller's Accept-Language prefers that."""
    trace_id = getattr(request, "trace_id", "") if request is not None else ""
    language = _language_of(request)
    message = fault_text(code, message, language)
    error = {"code": code, "message": message, "details": details or {}, "trace_id": trace_id}
    body = orjson.dumps({"error": error}, default=str)
    headers = {"Content-Language": language}
    answer = HttpResponse(body, status=status, content_type="application/json", headers=headers)
    patch_vary_headers(answer, ["Accept-Language"])
    return answer


def _language_of(request: HttpRequest | None) -> str:
    """English unless Chinese comes first in Accept-Language."""
    wanted = request.headers.get("Accept-Language", "") if request is not None else ""
    known = (tag for tag, _quality in parse_accept_lang_header(wanted.lower()) if tag[:2] in ("zh", "en"))
    return "zh-hans" if next(known, "en").startswith("zh") else "en"


def framework_answer(request: HttpRequest | None, status: int) -> HttpResponse:
    """The response for a status that comes from the framework and says nothing itself."""
    known = FRAMEWORK.get(status) or FRAMEWORK[500 if status >= 500 else 400]
    return error_answer(request, status, *known)


def on_refusal(request: HttpRequest, refusal: Exception) -> HttpResponse:
    """A refusal of a domain or of the API itself."""
    assert isinstance(refusal, Refusal)
    return error_answer(request, refusal.http_status, refusal.code, refusal.message, refusal.details)


def on_invalid(request: HttpRequest, invalid: Exception) -> HttpResponse:
    """Input of the wrong shape: every fault with the field it is in."""
    assert isinstance(invalid, ValidationError)
    faults = [_fault(error) for error in invalid.errors[:100]]
    message = "; ".join(f"{fault['field'] or 'body'}: {fault['message']}" for fault in faults[:3])
    return error_answer(request, 422, "invalid_request", message, {"faults": faults})


def _fault(error: dict[str, Any]) -> dict[str, str]:
    place, *path = [str(part) for part in error.get("loc", ())] or [""]
    if place == "body" and path:
        path = path[1:] if path[0] in ("payload", "filters") else path
    if place == "query" and path and path[0] == "filters":
        path = path[1:]
    kind, message = str(error.get("type", "")), str(error.get("msg", ""))
    if kind == "extra_forbidden":
        message = "there is no such field"
    if kind == "int_type":
        message = "must be a whole number (amounts are minor units: no fractions, no text)"
    return {"in": place, "field": ".".join(path), "code": kind, "message": message}


def on_http_error(request: HttpRequest, failed: Exception) -> HttpResponse:
    """What ninja refuses; it wraps refusals of the body's parser."""
    assert isinstance(failed, HttpError)
    if isinstance(failed.__cause__, Refusal):
        return on_refusal(request, failed.__cause__)
    return framework_answer(request, failed.status_code)


def on_failure(request: HttpRequest, failure: Exception) -> HttpResponse:
    """A bug: logged with its trace, told without its details."""
    logger.error("trace %s", getattr(request, "trace_id", ""), exc_info=failure)
    return framework_answer(request, 500)


def install(api: NinjaAPI) -> None:
    """Make the API answer every exception in the one shape."""
    api.add_exception_handler(Exception, on_failure)
    api.add_exception_handler(Refusal, on_refusal)
    api.add_exception_handler(ValidationError, on_invalid)
    api.add_exception_handler(AuthenticationError, lambda request, _: framework_answer(request, 401))
    api.add_exception_handler(HttpError, on_http_error)
    api.add_exception_handler(Http404, lambda request, _: framework_answer(request, 404))
    api.add_exception_handler(PermissionDenied, lambda request, _: framework_answer(request, 403))
    api.add_exception_handler(RequestDataTooBig, lambda request, _: framework_answer(request, 413))
    api.add_exception_handler(SuspiciousOperation, lambda request, _: framework_answer(request, 400))
