"""Who may approve how much: pure, from rows of limits."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

import orjson

ANY = "*"


@dataclass(frozen=True)
class Limit:
    """The most a role may approve of a kind in a currency (minor units; None = no limit)."""

    role: str
    kind: str
    currency: str
    max_minor: int | None
    two_above_minor: int | None


@dataclass(frozen=True)
class Moment:
    """When, where the day is taken from, and by whom, as the acts that follow a decision need it."""

    at: datetime
    zone: tzinfo
    actor: str


def content_digest(payload: Any) -> bytes:
    """This function will return the SHA-256 of a document's canonical JSON (sorted keys)."""
    return hashlib.sha256(orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)).digest()


def best_limit(limits: Sequence[Limit], *, roles: Collection[str], kind: str, currency: str) -> Limit | None:
    """This function will return the widest limit that any of `roles` has here; None when there is none.

    For each role the row that names kind and currency goes before one that names only the kind, that before
    one that names only the currency, and that before the general one.
    """
    chosen = []
    for role in roles:
        fitting = [
            one for one in limits
            if one.role == role and one.kind in (kind, ANY) and one.currency in (currency, ANY)
        ]  # fmt: skip
        if fitting:
            chosen.append(max(fitting, key=lambda one: (one.kind != ANY, one.currency != ANY)))
    return max(chosen, key=lambda one: (one.max_minor is None, one.max_minor or 0), default=None)


def checks_needed(limits: Sequence[Limit], *, kind: str, currency: str, amount_minor: int) -> int:
    """This function will return how many people must approve: two above the smallest mark set for this kind."""
    marks = [
        one.two_above_minor for one in limits
        if one.two_above_minor is not None and one.kind in (kind, ANY) and one.currency in (currency, ANY)
    ]  # fmt: skip
    return 2 if marks and amount_minor > min(marks) else 1


def widens(limits: Sequence[Limit], new: Limit) -> bool:
    """This function will say whether a limit would let the role approve more than it may now, or fewer people
    together: raising takes a second person, lowering does not."""
    held = best_limit(limits, roles=[new.role], kind=new.kind, currency=new.currency)
    most = held.max_minor if held else 0
    if most is not None and (new.max_minor is None or new.max_minor > most):
        return True
    # A mark of a wider row holds beside this one, so only the mark of the very row can be loosened.
    same = (one for one in limits if (one.role, one.kind, one.currency) == (new.role, new.kind, new.currency))
    mark = next((one.two_above_minor for one in same), None)
    return mark is not None and (new.two_above_minor is None or new.two_above_minor > mark)
