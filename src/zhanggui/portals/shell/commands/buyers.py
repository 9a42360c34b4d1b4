"""zhanggui buyers: who buys, keeping one out, and member levels."""

import argparse
from collections.abc import Mapping
from typing import Any

from zhanggui.portals.desk.buyers import keep_out, let_in, make_member
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person
from zhanggui.trade.buyers.models import Buyer, BuyerState
from zhanggui.trade.buyers.queries import buyer_by_number
from zhanggui.trade.buyers.rules import masked_phone

HELP = "buyers: list them, block one, let one in again, set a member level"
MOST = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{list,block,unblock,level}")
    listed = acts.add_parser("list", help="buyers, the latest first; phones are masked")
    listed.add_argument("--state", choices=BuyerState.values)
    blocked = acts.add_parser("block", help="log a buyer out everywhere and keep the person out")
    freed = acts.add_parser("unblock", help="let a blocked buyer in again")
    for act in (blocked, freed):
        act.add_argument("number", metavar="NUMBER", help="the buyer's number, B00000017")
        act.add_argument("--reason", required=True, help="why; the activity log keeps it")
    levelled = acts.add_parser("level", help="give a buyer a member level, who buys at member prices then")
    levelled.add_argument("number", metavar="NUMBER")
    levelled.add_argument("level", metavar="LEVEL", help="its code; '' for none")
    takes_person(blocked, freed, levelled)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "list":
        rows = Buyer.objects.select_related("merged_into").prefetch_related("identities").order_by("-id")
        found = [
            _document(row) for row in (rows.filter(state=options.state) if options.state else rows)[:MOST]
        ]
        out.result({"buyers": found}, lambda _: "\n".join(map(_line, found)) or "there is no buyer")
        return 0
    actor = actor_who_may(options.person, "buyers.change")
    if options.act == "level":
        buyer = buyer_by_number(options.number)
        row = make_member(buyer=buyer, level=options.level, at=clock(), actor=actor)
        out.result(_document(row), _line)
        return 0
    change = keep_out if options.act == "block" else let_in
    row = change(buyer=buyer_by_number(options.number), reason=options.reason, at=clock(), actor=actor)
    out.result(_document(row), _line)
    return 0


def _document(row: Buyer) -> dict[str, Any]:
    return {
        "number": row.number, "name": row.name, "phone": masked_phone(row.phone), "level": row.level_code,
        "state": row.state, "merged_into": row.merged_into.number if row.merged_into else None,
        "identities": sorted({one.provider for one in row.identities.all()}), "created_at": row.created_at,
    }  # fmt: skip


def _line(row: Mapping[str, Any]) -> str:
    ways = ", ".join(row["identities"]) or "name and password"
    into = f" into {row['merged_into']}" if row["merged_into"] else ""
    return f"{row['number']} {row['state']}{into} {row['name']} ({ways})"
