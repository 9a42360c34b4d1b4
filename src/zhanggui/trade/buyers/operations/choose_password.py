"""Give a buyer who came from WeChat or Weibo a name and a password."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.parties.errors import NameTaken
from zhanggui.parties.operations.add_person import free_name, set_checked_password
from zhanggui.trade.buyers.errors import PasswordChosen
from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.buyers.operations.assert_active import assert_active
from zhanggui.trade.buyers.queries import has_password
from zhanggui.trade.buyers.rules import is_kept_name


def choose_password(*, buyer: Buyer, username: str, password: str, at: datetime) -> Buyer:
    """This function will let a buyer log in with a name and a password too, in the caller's transaction.

    Raises BuyerBlocked, PasswordChosen, NameTaken, PasswordRefused.
    """
    buyer = assert_active(buyer=buyer)
    if has_password(buyer):
        raise PasswordChosen("you have a name and a password already; change the password instead")
    if is_kept_name(username):
        raise NameTaken(f"the user name {username.strip()} is taken; choose another", username=username)
    user = buyer.user
    user.username = free_name(username)
    set_checked_password(user=user, password=password)
    user.save(update_fields=["username", "password"])
    record_change(
        at=at, actor=f"buyer:{buyer.number}", action="password.chosen", object_kind="buyer",
        object_id=buyer.number, after={"username": user.username},
    )  # fmt: skip
    return buyer
