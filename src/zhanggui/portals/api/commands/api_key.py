"""zhanggui api-key: keys for programs that use the API."""

import argparse
from typing import Any

from django.utils import timezone

from zhanggui.money.errors import Refusal
from zhanggui.parties.models import Party, Role, User
from zhanggui.portals.api.keys import issue_key, revoke_key
from zhanggui.portals.api.models import ApiKey

HELP = "issue, list and revoke keys for programs that use the API"


class UnknownHolder(Refusal):
    """The person, party or key named is not there."""

    code = "unknown_holder"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    issue = acts.add_parser("issue", help="make a key; its secret is shown this once")
    issue.add_argument("user", help="log-in name of the person the key acts for")
    issue.add_argument("role", choices=[role.value for role in Role], help="a role the person holds")
    issue.add_argument(
        "--party", default="platform", metavar="CODE", help="where it is held (default %(default)s)"
    )
    issue.add_argument("--label", default="", help="what the key is for")
    acts.add_parser("list", help="list keys, without their secrets")
    revoke = acts.add_parser("revoke", help="end a key")
    revoke.add_argument("number", type=int, help="the key's number, as listed")


def run(options: argparse.Namespace, out: Any) -> int:
    if options.act == "issue":
        out.result(_issued(options), lambda told: f"{told['secret']}\nkey {told['number']}, shown this once")
    elif options.act == "list":
        out.result({"keys": [_told(key) for key in ApiKey.objects.select_related("user", "party")]}, _listed)
    else:
        key = ApiKey.objects.filter(id=options.number).first()
        if key is None:
            raise UnknownHolder(f"there is no key {options.number}; `zhanggui api-key list` shows them")
        revoke_key(key=key, at=timezone.now())
        out.result({"revoked": key.id}, lambda told: f"key {told['revoked']} is revoked")
    return 0


def _issued(options: argparse.Namespace) -> dict[str, Any]:
    user = User.objects.filter(username=options.user).first()
    if user is None:
        raise UnknownHolder(f"there is no person with the log-in name {options.user!r}")
    party = Party.objects.filter(code=options.party).first()
    if party is None:
        raise UnknownHolder(f"there is no party {options.party!r}")
    key, secret = issue_key(user=user, party=party, role=options.role, label=options.label, at=timezone.now())
    return _told(key) | {"secret": secret}


def _told(key: ApiKey) -> dict[str, Any]:
    return {
        "number": key.id,
        "hint": key.hint,
        "user": key.user.get_username(),
        "party": key.party.code,
        "role": key.role,
        "label": key.label,
        "created_at": key.created_at.isoformat(),
        "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
    }


def _listed(told: Any) -> str:
    rows = [
        f"{key['number']:>4}  {key['hint']}…  {key['role']} of {key['user']} at {key['party']}"
        f"{'  revoked' if key['revoked_at'] else ''}  {key['label']}"
        for key in told["keys"]
    ]
    return "\n".join(rows) or "no keys yet"
