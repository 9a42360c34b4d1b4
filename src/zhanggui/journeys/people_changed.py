"""Who may do what changes: log-ins and roles. Each change is written down with what was before and after."""

from datetime import datetime

from django.db import transaction

from zhanggui.audit.operations.record_change import record_change
from zhanggui.parties.models import Party, User
from zhanggui.parties.operations.add_person import add_person, set_checked_password
from zhanggui.parties.operations.give_role import give_role
from zhanggui.parties.operations.switch_person import switch_person
from zhanggui.parties.operations.take_role import take_role


def person_added(
    *, username: str, password: str, full_name: str, party: Party, role: str, at: datetime, actor: str
) -> User:
    """This function will make a log-in with a first role. Raises NameTaken, PasswordRefused, RoleDoesNotFit."""
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


def _note(
    action: str, user: User, party: Party, before: list[str], after: list[str], at: datetime, actor: str
) -> None:
    record_change(
        at=at, actor=actor, action=action, object_kind="user", object_id=user.username, party_id=party.id,
        before={"roles": before}, after={"roles": after, "party": party.code},
    )  # fmt: skip
