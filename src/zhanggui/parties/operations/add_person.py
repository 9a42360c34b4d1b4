"""Make a log-in for a person."""

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError

from zhanggui.parties.errors import NameTaken, PasswordRefused
from zhanggui.parties.models import User


def add_person(*, username: str, password: str, full_name: str = "") -> User:
    """This function will make a log-in without any role, in the caller's transaction, and return it.

    Raises NameTaken, PasswordRefused.
    """
    name = username.strip()
    try:
        UnicodeUsernameValidator()(name)
    except ValidationError as failed:
        raise NameTaken(
            f"{name!r} is no user name; use letters, digits and @ . + - _", username=name
        ) from failed
    if len(name) > 150 or User.objects.filter(username__iexact=name).exists():
        raise NameTaken(f"the user name {name} is taken; choose another", username=name)
    user = User(username=name, first_name=full_name.strip()[:150])
    set_checked_password(user=user, password=password)
    user.save()
    return user


def set_checked_password(*, user: User, password: str) -> None:
    """This function will set a password that keeps the rules, without saving. Raises PasswordRefused."""
    try:
        validate_password(password, user)
    except ValidationError as failed:
        raise PasswordRefused("the password is refused: " + " ".join(failed.messages)) from failed
    user.set_password(password)
