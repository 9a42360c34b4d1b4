"""Theme, density and columns of the person at the desk; read once per user object."""

from typing import Any

from zhanggui.portals.desk.models import UserPreference

THEME_COOKIE = "desk_theme"
_CACHE = "_desk_preference"


def preference_of(user: Any) -> UserPreference:
    """The stored preference, or the default one (unsaved) for new and anonymous people."""
    if not getattr(user, "is_authenticated", False):
        return UserPreference()
    found = getattr(user, _CACHE, None)
    if found is None:
        found = UserPreference.objects.filter(user_id=user.pk).first() or UserPreference(user_id=user.pk)
        setattr(user, _CACHE, found)
    return found


def change_preference(user: Any, **changes: Any) -> UserPreference:
    """Store changed preferences of a logged-in person."""
    preference, _ = UserPreference.objects.update_or_create(user_id=user.pk, defaults=changes)
    setattr(user, _CACHE, preference)
    return preference
