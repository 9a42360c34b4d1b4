"""zhanggui applications: who applies to open a shop or to supply; accept one, or reject it."""

import argparse
from collections.abc import Mapping
from typing import Any

from zhanggui.journeys.application_decided import application_accepted, application_rejected
from zhanggui.portals.shell.choosing import party_codes
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person
from zhanggui.trade.applications.models import Application, ApplicationState

HELP = "applications to open a shop or to supply: list them, accept one, reject one"
FIELDS = ("number", "kind", "entity_kind", "name", "credit_code", "contact", "phone", "email", "categories",
          "asked_at", "state", "reason", "username", "decided_at", "decided_by")  # fmt: skip
MOST = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{list,accept,reject}")
    listed = acts.add_parser("list", help="applications, the latest first")
    listed.add_argument("--state", choices=ApplicationState.values)
    accepted = acts.add_parser("accept", help="open the party and its owner's log-in")
    accepted.add_argument("number", metavar="NUMBER")
    accepted.add_argument("--code", required=True, metavar="CODE", help="of the party; it never changes")
    accepted.add_argument("--username", required=True, metavar="NAME", help="its owner's log-in")
    rejected = acts.add_parser("reject", help="say no, with a reason the applicant reads")
    rejected.add_argument("number", metavar="NUMBER")
    rejected.add_argument("--reason", required=True)
    takes_person(accepted, rejected)
    for act in (listed, accepted, rejected):
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "list":
        rows = Application.objects.defer("licence_sealed").order_by("-id")
        chosen = rows.filter(state=options.state) if options.state else rows
        found = _told(list(chosen[:MOST]))
        out.result(
            {"applications": found}, lambda _: "\n".join(map(_line, found)) or "there is no such application"
        )
        return 0
    actor = actor_who_may(options.person, "applications.decide")
    if options.act == "accept":
        row = application_accepted(
            number=options.number, code=options.code, username=options.username, at=clock(), actor=actor
        )
    else:
        row = application_rejected(number=options.number, reason=options.reason, at=clock(), actor=actor)
    out.result(_told([row])[0], _line)
    return 0


def _told(rows: list[Application]) -> list[dict[str, Any]]:
    codes = party_codes(row.party_id for row in rows)
    return [
        {name: getattr(row, name) for name in FIELDS} | {"party": codes.get(row.party_id, "")} for row in rows
    ]


def _line(row: Mapping[str, Any]) -> str:
    opened = f" as {row['party']} for {row['username']}" if row["party"] else ""
    return f"{row['number']} {row['kind']} {row['state']}{opened} {row['credit_code']} {row['name']}"
