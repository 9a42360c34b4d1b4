"""Give a person a role at a party."""

from zhanggui.parties.errors import RoleDoesNotFit
from zhanggui.parties.models import Membership, Party, User
from zhanggui.parties.queries import roles_at
from zhanggui.parties.roles import ROLES, role_fits


def give_role(*, user: User, party: Party, role: str) -> tuple[list[str], list[str]]:
    """This function will give the role in the caller's transaction, and return the roles held before and after.

    Giving one that is held already changes nothing. Raises RoleDoesNotFit.
    """
    if role not in ROLES or not role_fits(role, party.kind):
        raise RoleDoesNotFit(
            f"there is no role {role} at {party.code}; choose one of"
            f" {', '.join(one for one in ROLES if role_fits(one, party.kind))}",
            role=role, party=party.code,
        )  # fmt: skip
    before = roles_at(user, party)
    Membership.objects.get_or_create(user=user, party=party, role=role)
    return before, roles_at(user, party)
