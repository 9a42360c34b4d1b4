"""Who may do what changes: log-ins, roles, second factors, keys of programs. Each change is written down."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from zhanggui.audit.operations.record_change import record_change
from zhanggui.parties.models import ApiKey, Party, User
from zhanggui.parties.operations.add_person import add_person, set_checked_password
from zhanggui.parties.operations.give_role import give_role
from zhanggui.parties.operations.issue_key import issue_key
from zhanggui.parties.operations.revoke_key import revoke_key
from zhanggui.parties.operations.switch_person import switch_person
from zhanggui.parties.operations.take_role import take_role


def person_added(
    *, username: str, password: str | None, full_name: str, party: Party, role: str, at: datetime, actor: str
) -> User:
    """This function will make a log-in with a first role; without a password (None) its owner gives it one
    later. Raises NameTaken, PasswordRefused, RoleDoesNotFit."""
    with transaction.atomic():
        user = add_person(username=username, password=password, full_name=full_name)
        record_change(
            at=at, actor=actor, action="person.added", object_kind="user", object_id=user.username,
            party_id=party.id, after={"name": user.first_name},
        )  # fmt: skip
        role_given(user=user, party=party, role=role, at=at, actor=actor)
    return user


def role_given(*, user: User, party: Party, role: str, at: datetime, actor: str) -> list[str]:
    """This function will give a role and return the roles held. Raises RoleDoesNotFit."""
    with transaction.atomic():
        before, after = give_role(user=user, party=party, role=role)
        if before != after:
            _note("role.given", user, party, before, after, at, actor)
    return after


def role_taken(*, user: User, party: Party, role: str, at: datetime, actor: str) -> list[str]:
    """This function will take a role and return the roles held. Raises RoleNotHeld, LastKeeper."""
    with transaction.atomic():
        before, after = take_role(user=user, party=party, role=role)
        _note("role.taken", user, party, before, after, at, actor)
    return after


def person_switched(*, user: User, active: bool, at: datetime, actor: str) -> None:
    """This function will switch a log-in off or on. Raises LastKeeper."""
    with transaction.atomic():
        before = user.is_active
        switch_person(user=user, active=active)
        record_change(
            at=at, actor=actor, action="person.switched_on" if active else "person.switched_off",
            object_kind="user", object_id=user.username, before={"active": before}, after={"active": active},
        )  # fmt: skip


def password_set(*, user: User, password: str, at: datetime, actor: str) -> None:
    """This function will set somebody's password. Raises PasswordRefused."""
    with transaction.atomic():
        set_checked_password(user=user, password=password)
        user.save(update_fields=["password"])
        record_change(at=at, actor=actor, action="password.set", object_kind="user", object_id=user.username)


def factor_reset(*, user: User, at: datetime, actor: str) -> bool:
    """This function will take a lost second factor off, and say whether there was one."""
    with transaction.atomic():
        gone, _ = Authenticator.objects.filter(user_id=user.pk).delete()
        record_change(at=at, actor=actor, action="factor.reset", object_kind="user", object_id=user.username)
    return bool(gone)


def key_issued(
    *, user: User, party: Party, role: str, label: str, at: datetime, actor: str,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:  # fmt: skip
    """This function will make a key and return it with its secret, which is kept nowhere. Raises RoleNotHeld,
    KeyEndsBeforeItBegins."""
    with transaction.atomic():
        key, secret = issue_key(user=user, party=party, role=role, label=label, at=at, expires_at=expires_at)
        record_change(
            at=at, actor=actor, action="key.issued", object_kind="api_key", object_id=str(key.id),
            party_id=party.id,
            after={"hint": key.hint, "person": user.username, "party": party.code, "role": role,
                   "label": key.label, "expires_at": expires_at.isoformat() if expires_at else None},
        )  # fmt: skip
    return key, secret


def key_revoked(*, number: int, at: datetime, actor: str) -> ApiKey:
    """This function will end a key. Raises UnknownKey, KeyEnded."""
    with transaction.atomic():
        key = revoke_key(number=number, at=at)
        record_change(
            at=at, actor=actor, action="key.revoked", object_kind="api_key", object_id=str(key.id),
            party_id=key.party_id, before={"revoked": False}, after={"revoked": True, "hint": key.hint},
        )  # fmt: skip
    return key


def _note(
    action: str, user: User, party: Party, before: list[str], after: list[str], at: datetime, actor: str
) -> None:
    record_change(
        at=at, actor=actor, action=action, object_kind="user", object_id=user.username, party_id=party.id,
        before={"roles": before}, after={"roles": after, "party": party.code},
    )  # fmt: skip
