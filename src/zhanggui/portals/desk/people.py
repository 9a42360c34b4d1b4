"""What the person at the desk may do: one look-up per request, asked by menus, lists and actions."""

from typing import Any

from zhanggui.parties.queries import Standing, standings

_CACHE = "_desk_standings"


def standings_of(user: Any) -> list[Standing]:
    """The user's standings, read once per user object; empty for anyone not logged in."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return []
    found = getattr(user, _CACHE, None)
    if found is None:
        found = standings(user)
        setattr(user, _CACHE, found)
    return found


def may(user: Any, permission: str | None) -> bool:
    """Whether the user holds `permission` at any party; None asks only for being logged in."""
    if permission is None:
        return bool(getattr(user, "is_authenticated", False))
    return any(standing.may(permission) for standing in standings_of(user))
