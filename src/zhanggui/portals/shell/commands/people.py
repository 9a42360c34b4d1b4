"""zhanggui people: who may log in, and what they may do."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zhanggui.journeys.people_changed import (
    factor_reset,
    password_set,
    person_added,
    person_switched,
    role_given,
    role_taken,
)
from zhanggui.parties.models import Party, User
from zhanggui.parties.queries import person, standings
from zhanggui.parties.roles import ROLES, duties_meet
from zhanggui.portals.desk.factors import has_factor
from zhanggui.portals.desk.sessions import end_sessions, log_out_everywhere, sessions_of
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.passphrases import passphrase_in
from zhanggui.trade.buyers.queries import people_of_offices

HELP = "list people and their roles; add people, give and take roles, switch log-ins off; end their sessions"
ACTOR = "zhanggui people"
ACTS = ("list", "add", "give", "take", "off", "on", "set-password", "reset-factor", "sessions", "log-out")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "act",
        choices=ACTS,
        help="what to do (reset-factor: take a lost second factor off; sessions: where somebody is logged in;"
        " log-out: end them)",
    )
    parser.add_argument("user", nargs="?", default="", metavar="USER", help="user name")
    parser.add_argument("--role", choices=ROLES, help="with add, give and take")
    parser.add_argument("--party", default="platform", metavar="CODE", help="where (default %(default)s)")
    parser.add_argument("--name", default="", help="with add: the person's name")
    parser.add_argument(
        "--password-file", type=Path, metavar="FILE", help="with add and set-password: its first line"
    )


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "sessions":
        out.result(_sessions(options.user), _sessions_told)
        return 0
    if options.act != "list":
        _act(options)
        users = [person(options.user)]
    else:
        users = list(people_of_offices().order_by("username"))
    out.result({"people": [_told_of(user) for user in users]}, _told)
    return 0


def _act(options: argparse.Namespace) -> None:
    if not options.user:
        raise BadArguments(f"people {options.act} needs a user name")
    if options.act in ("add", "give", "take") and not options.role:
        raise BadArguments(f"people {options.act} needs --role")
    now = clock()
    if options.act in ("add", "set-password"):
        if options.password_file is None:
            raise BadArguments(f"people {options.act} needs --password-file; a password is no argument")
        password = passphrase_in(options.password_file)
    if options.act == "add":
        person_added(
            username=options.user, password=password, full_name=options.name, party=_party(options.party),
            role=options.role, at=now, actor=ACTOR,
        )  # fmt: skip
        return
    user = person(options.user)
    match options.act:
        case "give":
            role_given(user=user, party=_party(options.party), role=options.role, at=now, actor=ACTOR)
        case "take":
            role_taken(user=user, party=_party(options.party), role=options.role, at=now, actor=ACTOR)
        case "off" | "on":
            person_switched(user=user, active=options.act == "on", at=now, actor=ACTOR)
        case "set-password":
            password_set(user=user, password=password, at=now, actor=ACTOR)
        case "reset-factor":
            factor_reset(user=user, at=now, actor=ACTOR)
        case "log-out":
            log_out_everywhere(user, at=now, actor=ACTOR)
    # Whoever is logged in as them was let in under what held before.
    end_sessions(user.pk)


def _sessions(username: str) -> dict[str, Any]:
    names = ("started_at", "seen_at", "address", "agent")
    found = [{name: getattr(one, name) for name in names} for one in sessions_of(person(username).pk)]
    return {"user": username, "sessions": found}


def _sessions_told(told: Mapping[str, Any]) -> str:
    lines = [
        f"{one['address']:<16} since {one['started_at']:%Y-%m-%d %H:%M}, seen {one['seen_at']:%Y-%m-%d %H:%M}"
        f"  {one['agent']}"
        for one in told["sessions"]
    ]
    return "\n".join(lines) or f"{told['user']} is logged in nowhere"


def _party(code: str) -> Party:
    found = Party.objects.filter(code=code).first()
    if found is None:
        raise BadArguments(f"there is no party {code!r}")
    return found


def _told_of(user: User) -> dict[str, Any]:
    held = standings(user)
    return {
        "user": user.username, "name": user.get_full_name(), "active": user.is_active,
        "second_factor": has_factor(user),
        "roles": [{"party": one.party.code, "roles": sorted(one.roles)} for one in held],
        "duties_meet": any(duties_meet(one.roles) for one in held),
    }  # fmt: skip


def _told(document: Mapping[str, Any]) -> str:
    lines = []
    for one in document["people"]:
        roles = "; ".join(f"{', '.join(held['roles'])} of {held['party']}" for held in one["roles"])
        marks = [] if one["active"] else ["off"]
        marks += ["second factor"] if one["second_factor"] else []
        marks += ["makes and checks"] if one["duties_meet"] else []
        lines.append(f"{one['user']:<20} {roles or 'no role'}" + (f" ({', '.join(marks)})" if marks else ""))
    return "\n".join(lines) or "nobody"
