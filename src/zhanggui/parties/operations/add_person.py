"""Make a log-in for a person."""

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError

from zhanggui.parties.errors import NameTaken, PasswordRefused
from zhanggui.parties.models import User


def add_person(*, username: str, password: str | None, full_name: str = "") -> User:
    """This function will make a log-in without any role, in the caller's transaction, and return it.

    Without a password (None) nobody logs in by it: somebody else vouches for the person. Raises NameTaken,
    PasswordRefused.
    """
    name = free_name(username)
    user = User(username=name, first_name=full_name.strip()[:150])
    if password is None:
        user.set_unusable_password()
    else:
        set_checked_password(user=user, password=password)
    user.save()
    return user


def free_name(username: str) -> str:
    """This function will return a user name as it is kept. Raises NameTaken for one that is none or is taken."""
    name = username.strip()
    try:
        UnicodeUsernameValidator()(name)
    except ValidationError as failed:
        raise NameTaken(
            f"{name!r} is no user name; use letters, digits and @ . + - _", username=name
        ) from failed
    if len(name) > 150 or User.objects.filter(username__iexact=name).exists():
        raise NameTaken(f"the user name {name} is taken; choose another", username=name)
    return name


def set_checked_password(*, user: User, password: str) -> None:
    """This function will set a password that keeps the rules, without saving. Raises PasswordRefused."""
    try:
        validate_password(password, user)
    except ValidationError as failed:
        raise PasswordRefused("the password is refused: " + " ".join(failed.messages)) from failed
    user.set_password(password)
