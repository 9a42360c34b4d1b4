"""Keys, checked on every request against the person behind them."""

from datetime import datetime, timedelta

from zhanggui.parties.models import ApiKey, Membership
from zhanggui.parties.queries import Standing
from zhanggui.parties.roles import permissions_of
from zhanggui.parties.rules import digest_of

USE_NOTED_EVERY = timedelta(minutes=1)


def find_key(secret: str, at: datetime) -> tuple[ApiKey, Standing] | None:
    """This function will return a key that is valid now with what it may do, or None."""
    found = ApiKey.objects.select_related("user", "party").filter(digest=digest_of(secret), revoked_at=None)
    key = found.first()
    if key is None or (key.expires_at is not None and key.expires_at <= at) or not key.user.is_active:
        return None
    if not Membership.objects.filter(user_id=key.user_id, party_id=key.party_id, role=key.role).exists():
        return None
    if key.last_used_at is None or at - key.last_used_at > USE_NOTED_EVERY:
        ApiKey.objects.filter(id=key.id).update(last_used_at=at)
    roles = frozenset({key.role})
    return key, Standing(party=key.party, roles=roles, permissions=permissions_of(roles))
