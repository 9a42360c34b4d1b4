"""Who acts on the command line: a log-in name of somebody who works at the platform and may do it."""

import argparse

from zhanggui.parties.models import Party, PartyKind, User
from zhanggui.parties.queries import platform_standing, standings
from zhanggui.portals.shell.errors import BadArguments


def takes_person(*acts: argparse.ArgumentParser) -> None:
    """Have acts ask for `--as USER`, whom `actor_who_may` then looks up."""
    for act in acts:
        act.add_argument("--as", dest="person", required=True, metavar="USER", help="who acts: a log-in name")


def actor_who_may(name: str, permission: str) -> str:
    """The log-in name, when that person holds the permission at the platform. Raises BadArguments."""
    user = User.objects.filter(username=name, is_active=True).first()
    standing = platform_standing(user) if user else None
    if user is None or standing is None:
        raise BadArguments(f"{name!r} is nobody who works at the platform; `--as` takes a log-in name")
    if not standing.may(permission):
        raise BadArguments(f"the roles of {name} do not include {permission}; ask somebody who may")
    return name


def person_who_may(name: str, permission: str, *, party: Party) -> str:
    """The log-in name, when that person holds the permission at this merchant or supplier. Raises BadArguments."""
    user = User.objects.filter(username=name, is_active=True).first()
    standing = next((one for one in standings(user) if one.party.id == party.id), None) if user else None
    if standing is None or not standing.may(permission):
        raise BadArguments(
            f"{name!r} may not do this for {party.code}: it needs {permission}; `--as` takes somebody who may"
        )
    return name


def owner_named(name: str, party: Party) -> str:
    """Who changes goods of a party: its own person. Raises BadArguments."""
    own = "own_supplies.change" if party.kind == PartyKind.SUPPLIER else "own_goods.change"
    return person_who_may(name, own, party=party)
