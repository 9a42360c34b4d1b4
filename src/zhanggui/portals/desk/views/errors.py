"""Error pages with a trace id; the root URLconf names them as its handlers 400, 403, 404 and 500."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return _page(request, 400, _("This request cannot be read"), _("Go back, reload the page and try again."))


def denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403; shows the reason given by the code that refused."""
    reason = str(exception) if exception and str(exception) else _("Your role does not include this page.")
    return _page(request, 403, _("No permission"), reason + " " + _("Ask your administrator if you need it."))


def csrf_denied(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a stale form (CSRF_FAILURE_VIEW)."""
    return _page(
        request,
        403,
        _("This form is too old"),
        _("You may have logged in again elsewhere. Reload the page first."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return _page(
        request,
        404,
        _("There is no such page"),
        _("The number may be wrong, or it belongs to someone else. Search for it by number."),
    )


def failed(request: HttpRequest) -> HttpResponse:
    """500; must not fail itself, so it draws without the shell."""
    return render(
        request,
        "desk/error_bare.html",
        {
            "status": 500,
            "title": _("Something went wrong on our side"),
            "message": _("Nothing half done was kept. Try again; if it repeats, report the trace id."),
            "trace_id": getattr(request, "trace_id", ""),
        },
        status=500,
    )


def _page(request: HttpRequest, status: int, title: str, message: str) -> HttpResponse:
    fragment = request.headers.get("HX-Request") == "true" or request.headers.get("X-Desk-Drawer") == "1"
    template = "desk/error_fragment.html" if fragment else "desk/error.html"
    return render(request, template, {"status": status, "title": title, "message": message}, status=status)
