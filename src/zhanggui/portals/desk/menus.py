"""Portals and their side menus: declared as data, registered once, drawn for whoever is looking."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from zhanggui.portals.desk.bell import Bell
from zhanggui.portals.desk.people import may

type Badge = Callable[[HttpRequest], int]


@dataclass(frozen=True)
class Item:
    """One entry of a side menu.

    Args:
        label: translated text.
        url: URL name (`platform:statements`) or a path starting with `/`.
        permission: `area.act` the person must hold; None shows it to everyone in the portal.
        badge: callable(request) -> number of things waiting; 0 shows nothing. Runs on every page: be cheap.
        icon: name from `drawing/icons.py`.
        under: further path prefixes that light this entry up (detail pages kept elsewhere).
    """

    label: Any
    url: str
    permission: str | None = None
    badge: Badge | None = None
    icon: str = ""
    under: Sequence[str] = ()

    def path(self) -> str:
        """The path it leads to."""
        return self.url if self.url.startswith("/") else reverse(self.url)


@dataclass(frozen=True)
class Section:
    """A titled group of entries; an empty label draws no title."""

    label: Any
    items: Sequence[Item]


@dataclass(frozen=True)
class Menu:
    """The side menu of a portal."""

    sections: Sequence[Section]


@dataclass(frozen=True)
class Portal:
    """One back office.

    Args:
        code: `platform`, `merchant`.
        label: name in the header.
        prefix: path all its pages start with; desk pages show the portal the person came from.
        may_enter: callable(user) -> bool.
        menu: the side menu.
        context: callable(request) -> text under the name in the header (the merchant's name), optional.
        order: the portal a person lands in is the first one allowed, by this number.
        bell: callable(request) -> the person's bell in the header, or None; optional.
        shares: prefixes of other portals whose pages its people use; they see them in their own portal's frame.
    """

    code: str
    label: Any
    prefix: str
    may_enter: Callable[[Any], bool]
    menu: Menu
    context: Callable[[HttpRequest], str] | None = None
    bell: Callable[[HttpRequest], Bell | None] | None = None
    order: int = 100
    shares: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ShownItem:
    """A menu entry as drawn for one request."""

    label: str
    path: str
    icon: str
    waiting: int
    active: bool


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A menu section as drawn for one request."""

    label: str
    items: list[ShownItem] = field(default_factory=list)


_portals: dict[str, Portal] = {}


def register_portal(portal: Portal) -> None:
    """Make a portal known; call it where the portal's addresses are."""
    _portals[portal.code] = portal


def prefixes() -> tuple[str, ...]:
    """What addresses of the back offices begin with."""
    return tuple(portal.prefix for portal in _portals.values())


def portals_of(user: Any) -> list[Portal]:
    """Portals the user may enter, the landing one first."""
    known = sorted(_portals.values(), key=lambda portal: (portal.order, portal.code))
    return [portal for portal in known if portal.may_enter(user)]


def _framing(portal: Portal, user: Any) -> Portal:
    """The portal in whose frame a person sees a page of `portal`: their own where that shares its pages."""
    if portal.may_enter(user):
        return portal
    return next((one for one in portals_of(user) if portal.prefix in one.shares), portal)


def portal_of(request: HttpRequest) -> Portal | None:
    """The portal a request is in: by path, else the last one visited, else the landing one."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    for portal in _portals.values():
        if request.path.startswith(portal.prefix):
            portal = _framing(portal, user)
            if hasattr(request, "session") and request.session.get("desk_portal") != portal.code:
                request.session["desk_portal"] = portal.code
            return portal
    allowed = portals_of(user)
    last = request.session.get("desk_portal") if hasattr(request, "session") else None
    return next((p for p in allowed if p.code == last), allowed[0] if allowed else None)


def drawn_menu(request: HttpRequest, portal: Portal | None) -> list[ShownSection]:
    """The menu of a portal for the person looking: allowed entries, badges, the active one."""
    if portal is None:
        return []
    allowed: list[tuple[Section, list[tuple[Item, str]]]] = []
    for section in portal.menu.sections:
        items = [(i, p) for i in section.items if may(request.user, i.permission) and (p := _path(i))]
        if items:
            allowed.append((section, items))
    waiting = _waiting(request, portal, [item for _, items in allowed for item, _ in items])
    best = max(
        (reach for _, items in allowed for item, path in items for reach in _reach(request.path, item, path)),
        default=0,
    )
    return [
        ShownSection(
            str(section.label),
            [
                ShownItem(
                    str(item.label),
                    path,
                    item.icon,
                    waiting.get(item.url, 0),
                    best > 0 and best in _reach(request.path, item, path),
                )
                for item, path in items
            ],
        )
        for section, items in allowed
    ]


def _waiting(request: HttpRequest, portal: Portal, items: Sequence[Item]) -> dict[str, int]:
    """The badges of entries by their address, counted anew when the person did something, else every few seconds:
    two dozen counts for every page looked at would cost more than most pages."""
    kept = settings.DESK_BADGE_SECONDS
    key = _badges_key(request, portal)
    known: dict[str, int] | None = cache.get(key) if kept else None
    if known is None:
        known = {item.url: item.badge(request) for item in items if item.badge}
        if kept:
            cache.set(key, known, kept)
    return known


def forget_badges(request: HttpRequest) -> None:
    """Count the badges of whoever acts anew, whatever portal shows them next."""
    cache.delete_many([_badges_key(request, portal) for portal in _portals.values()])


def _badges_key(request: HttpRequest, portal: Portal) -> str:
    session = getattr(request.session, "session_key", "")
    return f"desk:badges:{portal.code}:{request.user.pk}:{session}"


def _path(item: Item) -> str:
    try:
        return item.path()
    except NoReverseMatch:
        return ""


def _reach(current: str, item: Item, path: str) -> list[int]:
    return [len(prefix) for prefix in (path, *item.under) if current.startswith(prefix)]
