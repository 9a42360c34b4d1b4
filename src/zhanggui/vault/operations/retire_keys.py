"""Take keys off the ring that nothing uses any more."""

from collections.abc import Collection
from datetime import datetime, timedelta

from zhanggui.vault import key_ring
from zhanggui.vault.installed import installed_ring, ring_is_given, ring_path
from zhanggui.vault.key_ring import SealKey
from zhanggui.vault.queries import values_by_key


def retire_keys(*, at: datetime, kept_for: timedelta, also_used: Collection[bytes] = ()) -> list[SealKey]:
    """This function will take off the ring, and return, old keys under which no value is sealed, nor what `also_used`
    (key ids) names outside the database, such as backups.

    A key stays for `kept_for` after the next one was made, whatever is counted: a transaction that was open then
    may still bring a value sealed under it. A key whose successor's age is not known stays. The current one always
    stays; a ring that comes from the environment is left alone.
    """
    if ring_is_given():
        return []
    ring, used = installed_ring(), values_by_key()
    gone = [
        key
        for successor, key in zip(ring.keys, ring.keys[1:], strict=False)
        if key.id not in used and key.id not in also_used and _made_before(successor, at - kept_for)
    ]
    if gone:
        key_ring.replace(ring_path(), ring.without(key.id for key in gone))
    return gone


def _made_before(key: SealKey, moment: datetime) -> bool:
    return bool(key.made_at) and datetime.fromisoformat(key.made_at) <= moment
