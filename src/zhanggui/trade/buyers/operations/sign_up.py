"""Make a buyer of somebody with a name and a password."""

from datetime import datetime

from django.db import connection

from zhanggui.parties.errors import NameTaken
from zhanggui.parties.models import User
from zhanggui.parties.operations.add_person import add_person
from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.buyers.rules import is_kept_name, number_of


def sign_up(*, username: str, password: str, at: datetime, phone: str = "") -> Buyer:
    """This function will make a log-in without any role and a buyer for it, in the caller's transaction.

    Raises NameTaken, PasswordRefused.
    """
    if is_kept_name(username):
        raise NameTaken(f"the user name {username.strip()} is taken; choose another", username=username)
    user = add_person(username=username, password=password)
    return add_buyer(user=user, name=user.get_username(), at=at, phone=phone)


def add_buyer(*, user: User, name: str, at: datetime, phone: str = "", sequence: int = 0) -> Buyer:
    """This function will make a log-in a buyer; `sequence` is one that `next_sequence` gave."""
    made = sequence or next_sequence()
    return Buyer.objects.create(
        id=made, number=number_of(made), user=user, name=name.strip()[:64] or number_of(made),
        phone=phone.strip()[:32], created_at=at,
    )  # fmt: skip


def next_sequence() -> int:
    """This function will take the next buyer's id."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('trade_buyer', 'id'))")
        return int(cursor.fetchone()[0])
