"""The search box that takes any number: portals register who can resolve what."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from zhanggui.portals.desk.people import may


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: where it is, its number, and a line that tells it from the others."""

    url: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class Resolver:
    """Finds one kind of thing.

    Args:
        code: unique name.
        label: kind in the plural, heading of its hits (`Statements`).
        resolve: callable(request, text) -> hits, best first. Must use an index: it runs for every search.
        portal: only asked inside this portal; empty for all.
        permission: only asked for people who hold it.
    """

    code: str
    label: Any
    resolve: Callable[[HttpRequest, str], Sequence[Hit]]
    portal: str = ""
    permission: str | None = None


_resolvers: dict[str, Resolver] = {}


def register_resolver(resolver: Resolver) -> None:
    """Make a resolver known; call it where the portal's addresses are."""
    _resolvers[resolver.code] = resolver


def find(request: HttpRequest, text: str, portal: str) -> list[tuple[str, list[Hit]]]:
    """Hits of every resolver that applies, grouped by kind; empty groups are left out."""
    found = []
    for resolver in _resolvers.values():
        if resolver.portal not in ("", portal) or not may(request.user, resolver.permission):
            continue
        hits = list(resolver.resolve(request, text))[:10]
        if hits:
            found.append((str(resolver.label), hits))
    return found
