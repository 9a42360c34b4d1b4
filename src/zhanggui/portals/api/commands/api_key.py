"""zhanggui api-key: keys for programs that use the API."""

import argparse
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from zhanggui.journeys.people_changed import key_issued, key_revoked
from zhanggui.money.errors import Refusal
from zhanggui.parties.models import ApiKey, Party, Role, User

ACTOR = "zhanggui api-key"
HELP = "issue, list and revoke keys for programs that use the API"


class UnknownHolder(Refusal):
    """The person, party or key named is not there."""

    code = "unknown_holder"


class UnknownDay(Refusal):
    """What was to be a day is none."""

    code = "key_end_no_day"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    issue = acts.add_parser("issue", help="make a key; its secret is shown this once")
    issue.add_argument("user", help="log-in name of the person the key acts for")
    issue.add_argument("role", choices=[role.value for role in Role], help="a role the person holds")
    issue.add_argument(
        "--party", default="platform", metavar="CODE", help="where it is held (default %(default)s)"
    )
    issue.add_argument("--label", default="", help="what the key is for")
    issue.add_argument(
        "--expires", metavar="DATE", help="the last day on which it works (default: it never ends)"
    )
    acts.add_parser("list", help="list keys, without their secrets")
    revoke = acts.add_parser("revoke", help="end a key")
    revoke.add_argument("number", type=int, help="the key's number, as listed")


def run(options: argparse.Namespace, out: Any) -> int:
    if options.act == "issue":
        out.result(_issued(options), lambda told: f"{told['secret']}\nkey {told['number']}, shown this once")
    elif options.act == "list":
        out.result({"keys": [_told(key) for key in ApiKey.objects.select_related("user", "party")]}, _listed)
    else:
        key = key_revoked(number=options.number, at=timezone.now(), actor=ACTOR)
        out.result({"revoked": key.id}, lambda told: f"key {told['revoked']} is revoked")
    return 0


def _issued(options: argparse.Namespace) -> dict[str, Any]:
    user = User.objects.filter(username=options.user).first()
    if user is None:
        raise UnknownHolder(f"there is no person with the log-in name {options.user!r}")
    party = Party.objects.filter(code=options.party).first()
    if party is None:
        raise UnknownHolder(f"there is no party {options.party!r}")
    key, secret = key_issued(
        user=user, party=party, role=options.role, label=options.label, at=timezone.now(), actor=ACTOR,
        expires_at=_end_of(options.expires),
    )  # fmt: skip
    return _told(key) | {"secret": secret}


def _end_of(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        last = date.fromisoformat(text)
    except ValueError:
        raise UnknownDay(f"{text!r} is not a day; write it as 2026-12-31") from None
    return datetime.combine(last + timedelta(days=1), time.min, timezone.get_default_timezone())


def _told(key: ApiKey) -> dict[str, Any]:
    return {
        "number": key.id,
        "hint": key.hint,
        "user": key.user.get_username(),
        "party": key.party.code,
        "role": key.role,
        "label": key.label,
        "created_at": key.created_at.isoformat(),
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
        "last_used_at": key.last_used_at.isoformat() if key.last_used_at else None,
        "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
    }


def _listed(told: Any) -> str:
    rows = [
        f"{key['number']:>4}  {key['hint']}…  {key['role']} of {key['user']} at {key['party']}"
        f"{'  revoked' if key['revoked_at'] else ''}"
        f"{'  until ' + key['expires_at'][:10] if key['expires_at'] else ''}  {key['label']}"
        for key in told["keys"]
    ]
    return "\n".join(rows) or "no keys yet"
