"""Totals are remembered per filter, but only where counting them is slow: small lists are always exact."""

import hashlib
import time
from collections.abc import Callable

from django.core.cache import cache

SLOW_SECONDS = 0.15
KEPT_SECONDS = 60


def remembered[T](list_name: str, question: str, answer: Callable[[], T]) -> T:
    """The answer to a question of one list, from the cache when it took long and is under a minute old.

    The question must hold every bound value, so that no viewer is ever given another's sum.
    """
    generation = cache.get(_generation_key(list_name), 0)
    digest = hashlib.blake2b(f"{list_name}|{generation}|{question}".encode(), digest_size=20).hexdigest()
    key = f"desk:totals:{digest}"
    known = cache.get(key)
    if known is not None:
        return known
    started = time.perf_counter()
    found = answer()
    if time.perf_counter() - started > SLOW_SECONDS:
        cache.set(key, found, KEPT_SECONDS)
    return found


def forget(list_name: str) -> None:
    """Drop what is remembered of a list; called after an action changed its rows."""
    cache.set(_generation_key(list_name), time.time_ns(), None)


def _generation_key(list_name: str) -> str:
    return f"desk:generation:{list_name}"
