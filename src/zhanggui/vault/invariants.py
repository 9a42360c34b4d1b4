"""What must always hold of what is sealed."""

from typing import Any

from zhanggui.vault.errors import KeyRingUnusable
from zhanggui.vault.installed import installed_ring
from zhanggui.vault.queries import values_under_other_keys
from zhanggui.vault.sealed_columns import SEALED

MOST_ROWS = 1000


def sealed_without_key() -> list[dict[str, Any]]:
    """Sealed values that no key of the key ring can open, by the key id in their head."""
    try:
        known = [key.id for key in installed_ring().keys]
    except KeyRingUnusable:
        known = []
    rows: list[dict[str, Any]] = []
    for column in SEALED:
        rows += values_under_other_keys(column, known, most=MOST_ROWS - len(rows))
    return rows
