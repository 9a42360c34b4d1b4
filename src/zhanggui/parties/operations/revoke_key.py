"""End a key of a program."""

from datetime import datetime

from zhanggui.parties.errors import KeyEnded
from zhanggui.parties.models import ApiKey
from zhanggui.parties.queries import key_by_number


def revoke_key(*, number: int, at: datetime) -> ApiKey:
    """This function will end a key, in the caller's transaction; it is refused from now on. Raises UnknownKey,
    KeyEnded."""
    key = key_by_number(number, lock=True)
    if key.revoked_at is not None:
        raise KeyEnded(
            f"key {number} is revoked since {key.revoked_at:%Y-%m-%d %H:%M}; nothing is left to do"
        )
    key.revoked_at = at
    key.save(update_fields=["revoked_at"])
    return key
