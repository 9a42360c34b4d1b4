"""Keys: issued once in full, kept as a digest, checked on every request against the person behind them."""

import hashlib
import secrets
from datetime import datetime, timedelta

from zhanggui.money.errors import Refusal
from zhanggui.parties.models import Membership, Party, User
from zhanggui.parties.queries import Standing
from zhanggui.parties.roles import permissions_of
from zhanggui.portals.api.models import ApiKey

PREFIX = "zg_"
USE_NOTED_EVERY = timedelta(minutes=1)


class RoleNotHeld(Refusal):
    """A key can do no more than its person: the person must hold the role at that party."""

    code = "role_not_held"


def issue_key(
    *, user: User, party: Party, role: str, label: str, at: datetime, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """This function will make a key and return it with its secret, shown this once. Raises RoleNotHeld."""
    if not Membership.objects.filter(user=user, party=party, role=role).exists():
        raise RoleNotHeld(f"{user.get_username()} does not hold the role {role} at {party.code}")
    secret = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        label=label[:120], hint=secret[:10], digest=digest_of(secret), user=user, party=party, role=role,
        created_at=at, expires_at=expires_at,
    )  # fmt: skip
    return key, secret


def revoke_key(*, key: ApiKey, at: datetime) -> None:
    """This function will end a key; it is refused from now on."""
    ApiKey.objects.filter(id=key.id, revoked_at=None).update(revoked_at=at)


def digest_of(secret: str) -> bytes:
    """SHA-256 is enough for 256 random bits; a slow hash protects passwords people think of."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


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
