"""Every list page by name, so that exports and saved views can find their list again."""

from importlib import import_module
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from zhanggui.portals.desk.lists.page import ListPage

_lists: dict[str, "type[ListPage]"] = {}


def register(page: "type[ListPage]") -> None:
    """Remember a list page; called by the class itself when it has a name."""
    known = _lists.get(page.name)
    if known is not None and (known.__module__, known.__qualname__) != (page.__module__, page.__qualname__):
        raise ValueError(f"two list pages are named {page.name!r}: {known.__qualname__}, {page.__qualname__}")
    _lists[page.name] = page


def find(name: str) -> "type[ListPage] | None":
    """The list page of that name. A worker has not loaded the screens yet; the URLs name them all."""
    if name not in _lists:
        import_module(settings.ROOT_URLCONF)
    return _lists.get(name)
