"""Put a new key on the ring, as the current one."""

from datetime import datetime

from zhanggui.vault import key_ring
from zhanggui.vault.errors import KeyRingGiven
from zhanggui.vault.installed import VARIABLE, installed_ring_or_new, ring_is_given, ring_path
from zhanggui.vault.key_ring import SealKey


def add_key(*, at: datetime) -> SealKey:
    """This function will make a key, write the ring with it in front, and return it.

    The ring is on the disk before anything is sealed under the new key. Raises KeyRingGiven when the ring comes
    from the environment, where only its keeper can change it.
    """
    if ring_is_given():
        raise KeyRingGiven(
            f"the keys come from {VARIABLE}; put a new one (32 random bytes in base64url) in front of them there,"
            " start everything again, then run rotate-keys to seal under it"
        )
    ring = installed_ring_or_new().with_new_current(at)
    key_ring.replace(ring_path(), ring)
    return ring.current
