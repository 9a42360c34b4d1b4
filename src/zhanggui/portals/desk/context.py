"""What every template of a back office gets."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from zhanggui.portals.desk.menus import drawn_menu, portal_of, portals_of
from zhanggui.portals.desk.preferences import THEME_COOKIE, preference_of

DRAWER_HEADER = "X-Desk-Drawer"
THEMES = ("auto", "light", "dark")


def desk(request: HttpRequest) -> dict[str, Any]:
    """Shell variables: portal, menu, theme, density, language, and the frame of a drawer page."""
    user = getattr(request, "user", None)
    preference = preference_of(user)
    theme = preference.theme if preference.pk else request.COOKIES.get(THEME_COOKIE, "auto")
    portal = SimpleLazyObject(lambda: portal_of(request))
    in_drawer = request.headers.get(DRAWER_HEADER) == "1"
    return {
        "desk_portal": portal,
        "desk_portals": SimpleLazyObject(lambda: portals_of(user)),
        "desk_context": SimpleLazyObject(
            lambda: portal.context(request) if portal and portal.context else ""
        ),
        "desk_bell": SimpleLazyObject(lambda: portal.bell(request) if portal and portal.bell else None),
        "desk_menu": SimpleLazyObject(lambda: drawn_menu(request, portal or None)),
        "desk_theme": theme if theme in THEMES else "auto",
        "desk_density": preference.density,
        "desk_languages": settings.LANGUAGES,
        "desk_language": get_language(),
        "desk_in_drawer": in_drawer,
        "drawer_base": "desk/drawer_fragment.html" if in_drawer else "desk/drawer_page.html",
        "trace_id": getattr(request, "trace_id", ""),
    }
