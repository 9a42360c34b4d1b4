"""A trace id for every request, the language of the person, and headers that money screens need."""

import logging
import re
import uuid
from collections.abc import Callable
from contextlib import nullcontext

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from zhanggui.settlement.fees.queries.fee_types import one_catalogue

READING = ("GET", "HEAD")
TRACE_HEADER = "X-Trace-Id"
_GIVEN = re.compile(r"[0-9a-zA-Z-]{8,64}")
logger = logging.getLogger("zhanggui.requests")


class TraceMiddleware:
    """Gives each request an id, shows it on error pages and logs it with failures. Put it first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(TRACE_HEADER, "")
        request.trace_id = given if _GIVEN.fullmatch(given) else uuid.uuid4().hex[:16]  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers[TRACE_HEADER] = request.trace_id  # type: ignore[attr-defined]
        if response.status_code >= 500:
            logger.error(
                "%s %s failed, trace %s", request.method, request.path, response.headers[TRACE_HEADER]
            )
        return response


class OneCatalogueMiddleware:
    """A request that only reads looks at the fee catalogue once, however many rows name their fee."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with one_catalogue() if request.method in READING else nullcontext():
            return self.get_response(request)


class LanguageMiddleware:
    """The language chosen by the person, else the default of the site (Chinese). Put it after authentication.

    The browser's Accept-Language is not asked: two people at one counter must see one language.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(language_of(request)):
            request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]
            response = self.get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response = response.render()
        patch_vary_headers(response, ["Cookie"])
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)  # type: ignore[attr-defined]
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def language_of(request: HttpRequest) -> str:
    """Cookie first (the switch sets it), then the stored choice, then the default."""
    known = dict(settings.LANGUAGES)
    user = getattr(request, "user", None)
    stored = getattr(user, "language", "") if user is not None and user.is_authenticated else ""
    for code in (request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""), stored):
        if code in known:
            return code
    return settings.LANGUAGE_CODE
