"""Make somebody who has a log-in a buyer, a member of staff for instance."""

from datetime import datetime

from zhanggui.parties.models import User
from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.buyers.operations.sign_up import add_buyer
from zhanggui.trade.buyers.queries import buyer_of


def become_buyer(*, user: User, at: datetime) -> Buyer:
    """This function will return who a log-in buys as, and make the buyer first if there is none yet."""
    User.objects.select_for_update().get(pk=user.pk)
    return buyer_of(user) or add_buyer(user=user, name=user.get_full_name() or user.get_username(), at=at)
