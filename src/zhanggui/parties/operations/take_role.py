"""Take a role from a person."""

from zhanggui.parties.errors import LastKeeper, RoleNotHeld
from zhanggui.parties.models import Membership, Party, User
from zhanggui.parties.queries import roles_at
from zhanggui.parties.roles import KEEPERS


def take_role(*, user: User, party: Party, role: str) -> tuple[list[str], list[str]]:
    """This function will take the role in the caller's transaction, and return the roles held before and after.

    The last administrator, and a shop's last owner, keep theirs. Raises RoleNotHeld, LastKeeper.
    """
    before = roles_at(user, party)
    if role not in before:
        raise RoleNotHeld(
            f"{user.get_username()} does not hold {role} at {party.code}; look at the roles held", role=role
        )
    assert_not_last_keeper(user=user, party=party, roles=[role])
    Membership.objects.filter(user=user, party=party, role=role).delete()
    return before, roles_at(user, party)


def assert_not_last_keeper(*, user: User, party: Party, roles: list[str]) -> None:
    """This function will lock who keeps the party's people, and raise LastKeeper where `user` is the only one."""
    for role in KEEPERS.intersection(roles):
        # Two who take each other's role at the same moment wait here for each other.
        holders = list(
            Membership.objects.select_for_update().filter(party=party, role=role).order_by("id")
            .values_list("user_id", flat=True)
        )  # fmt: skip
        others = User.objects.filter(id__in=holders, is_active=True).exclude(id=user.pk)
        if user.is_active and not others.exists():
            raise LastKeeper(
                f"{user.get_username()} is the last one who holds {role} at {party.code}; give it to somebody else"
                " first",
                role=role, party=party.code,
            )  # fmt: skip
