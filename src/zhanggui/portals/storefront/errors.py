"""Error pages: in the mall's frame for the mall's addresses, in the desk's for the back offices."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from zhanggui.portals.desk.menus import prefixes
from zhanggui.portals.desk.views import errors as desk
from zhanggui.portals.storefront.showing import show


def denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    if not of_the_mall(request):
        return desk.denied(request, exception)
    return _page(request, 403, _("This is not yours to see"), _("Log in as whoever it belongs to."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404; another buyer's order is as unknown as one that never was."""
    if not of_the_mall(request):
        return desk.not_found(request, exception)
    return _page(
        request, 404, _("There is nothing here"),
        _("The good may be sold out for good, or the address is not complete. Search for it, or start at home."),
    )  # fmt: skip


def csrf_denied(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a stale form (CSRF_FAILURE_VIEW)."""
    if not of_the_mall(request):
        return desk.csrf_denied(request, reason)
    return _page(
        request, 403, _("This page was open for too long"), _("Go back, reload the page and try again.")
    )


def of_the_mall(request: HttpRequest) -> bool:
    """Whether an address belongs to the mall: it is one of its pages, or nobody's."""
    match = request.resolver_match
    if match is not None:
        return match.app_name == "storefront"
    return not request.path.startswith(("/api/", *prefixes()))


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    return show(request, "error.html", {"title": title, "text": text, "status": status}, status=status)
