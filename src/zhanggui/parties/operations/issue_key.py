"""Make a key by which a program acts for a person."""

from datetime import datetime

from zhanggui.parties.errors import KeyEndsBeforeItBegins, RoleNotHeld
from zhanggui.parties.models import ApiKey, Membership, Party, User
from zhanggui.parties.rules import HINT_LENGTH, digest_of, new_secret


def issue_key(
    *, user: User, party: Party, role: str, label: str, at: datetime, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """This function will make a key and return it with its secret, shown this once.

    A key can do no more than its person, who must hold the role at that party. Raises RoleNotHeld,
    KeyEndsBeforeItBegins.
    """
    if not Membership.objects.filter(user=user, party=party, role=role).exists():
        raise RoleNotHeld(f"{user.get_username()} does not hold the role {role} at {party.code}", role=role)
    if expires_at is not None and expires_at <= at:
        raise KeyEndsBeforeItBegins("a key ends after it begins; name a later day")
    secret = new_secret()
    key = ApiKey.objects.create(
        label=label.strip()[:120], hint=secret[:HINT_LENGTH], digest=digest_of(secret), user=user, party=party,
        role=role, created_at=at, expires_at=expires_at,
    )  # fmt: skip
    return key, secret
