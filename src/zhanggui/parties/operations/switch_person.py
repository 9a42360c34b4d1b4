"""Switch a person's log-in off or on."""

from zhanggui.parties.models import Membership, User
from zhanggui.parties.operations.take_role import assert_not_last_keeper


def switch_person(*, user: User, active: bool) -> None:
    """This function will switch the log-in in the caller's transaction. Raises LastKeeper."""
    if not active:
        for membership in Membership.objects.filter(user=user).select_related("party").order_by("party_id"):
            assert_not_last_keeper(user=user, party=membership.party, roles=[membership.role])
    user.is_active = active
    user.save(update_fields=["is_active"])
