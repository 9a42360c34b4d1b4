"""Reads over parties and people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from zhanggui.parties.errors import UnknownKey, UnknownPerson
from zhanggui.parties.models import ApiKey, Membership, Party, PartyKind, User
from zhanggui.parties.roles import PERMISSIONS, permissions_of


@dataclass(frozen=True)
class Standing:
    """What one person is at one party: the party, the roles held there, the permissions that follow."""

    party: Party
    roles: frozenset[str]
    permissions: frozenset[str]

    def may(self, permission: str) -> bool:
        return permission in self.permissions


def standings(user: User) -> list[Standing]:
    """This function will return every party at which `user` holds a role, the platform first."""
    by_party: dict[int, tuple[Party, set[str]]] = {}
    for membership in Membership.objects.filter(user=user).select_related("party"):
        by_party.setdefault(membership.party_id, (membership.party, set()))[1].add(membership.role)
    found = [
        Standing(party=party, roles=frozenset(roles), permissions=permissions_of(frozenset(roles)))
        for party, roles in by_party.values()
    ]
    return sorted(found, key=lambda one: (one.party.kind != PartyKind.PLATFORM, one.party.id))


def platform_standing(user: User) -> Standing | None:
    """This function will return the user's standing at the platform, or None for anyone else."""
    return next((one for one in standings(user) if one.party.kind == PartyKind.PLATFORM), None)


def merchant_standing(user: User, party_id: int | None = None) -> Standing | None:
    """This function will return the user's standing at one merchant (the first if none is named)."""
    owned = [one for one in standings(user) if one.party.kind != PartyKind.PLATFORM]
    return next((one for one in owned if party_id in (None, one.party.id)), None)


def colleagues_who_may(permission: str) -> list[str]:
    """This function will return the log-ins of the platform's people who may do something, switched-off ones left
    out."""
    return _colleagues([role for role, permissions in PERMISSIONS.items() if permission in permissions])


def colleagues_who_hold(role: str) -> list[str]:
    """This function will return the log-ins of the platform's people with a role, switched-off ones left out."""
    return _colleagues([role])


def _colleagues(roles: list[str]) -> list[str]:
    rows = Membership.objects.filter(party__kind=PartyKind.PLATFORM, role__in=roles, user__is_active=True)
    return sorted(set(rows.values_list("user__username", flat=True)))


def party_names(ids: list[int], language: str) -> dict[int, str]:
    """This function will return the names of the parties with these ids."""
    return {party.id: party.name_in(language) for party in Party.objects.filter(id__in=ids)}


def roles_at(user: User, party: Party) -> list[str]:
    """This function will return the roles a person holds at one party."""
    return sorted(Membership.objects.filter(user=user, party=party).values_list("role", flat=True))


def person(username: str) -> User:
    """This function will return the person with this user name. Raises UnknownPerson."""
    found = User.objects.filter(username=username).first()
    if found is None:
        raise UnknownPerson(
            f"nobody has the user name {username!r}; look at the list of people", username=username
        )
    return found


def key_by_number(number: int, *, lock: bool = False) -> ApiKey:
    """This function will return a key of a program with its person and party. Raises UnknownKey."""
    rows = ApiKey.objects.select_related("user", "party")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(id=number).first()
    if found is None:
        raise UnknownKey(f"there is no key {number}; the list of keys shows all of them")
    return found


def key_state(key: ApiKey, at: datetime, alive: Mapping[tuple[int, int, str], object]) -> str:
    """This function will say whether a key works: valid, revoked, expired, or orphaned where its person is switched
    off or lost the role (`alive` holds the (user, party, role) of memberships)."""
    if key.revoked_at is not None:
        return "revoked"
    if key.expires_at is not None and key.expires_at <= at:
        return "expired"
    held = key.user.is_active and (key.user_id, key.party_id, key.role) in alive
    return "valid" if held else "orphaned"


def memberships_of(keys: Iterable[ApiKey]) -> dict[tuple[int, int, str], bool]:
    """This function will return the (user, party, role) that the people behind these keys hold."""
    people = {key.user_id for key in keys}
    rows = Membership.objects.filter(user_id__in=people).values_list("user_id", "party_id", "role")
    return dict.fromkeys(rows, True)
