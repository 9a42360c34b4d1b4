"""zhanggui order-holds: orders that risk control or customer service keeps from being billed."""

import argparse
from collections.abc import Mapping
from typing import Any

from zhanggui.journeys.order_held import order_held, order_released
from zhanggui.portals.shell.choosing import the_line
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.models import HoldReason, OrderHold

HELP = "orders on hold: list, hold, release"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{list,hold,release}")
    listed = acts.add_parser("list", help="holds, the latest first")
    listed.add_argument("--all", action="store_true", help="released ones, too")
    held = acts.add_parser("hold", help="bill none of an order's lines until it is released")
    held.add_argument("order", metavar="ORDER", help="its number; it need not be here yet")
    held.add_argument("--reason", choices=HoldReason.values, required=True)
    held.add_argument(
        "--number", default="", metavar="HOLD", help="number of the hold; default is one of ours"
    )
    freed = acts.add_parser("release", help="release a hold")
    freed.add_argument("number", metavar="HOLD")
    for act in (held, freed):
        act.add_argument("--note", default="", help="only the platform reads it")
        act.add_argument("--business-line", metavar="CODE", help="needed if there are several")
    takes_person(held, freed)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "list":
        rows = OrderHold.objects.order_by("-id")
        found = _documents(list((rows if options.all else rows.filter(released_at=None))[:1000]))
        out.result({"order_holds": found}, lambda _: "\n".join(map(_line, found)) or "no order is on hold")
        return 0
    actor = actor_who_may(options.person, "orders.hold")
    line = the_line(options.business_line)
    if options.act == "hold":
        row = order_held(
            business_line=line, order_no=options.order, hold_no=options.number,
            reason=HoldReason(options.reason), at=clock(), actor=actor, note=options.note,
        )  # fmt: skip
    else:
        row = order_released(
            business_line=line, hold_no=options.number, at=clock(), actor=actor, note=options.note
        )
    out.result(_documents([row])[0], _line)
    return 0


def _documents(rows: list[OrderHold]) -> list[dict[str, Any]]:
    lines = dict(BusinessLine.objects.values_list("id", "code"))
    same = ("hold_no", "order_no", "reason", "note", "opened_at", "opened_by", "released_at", "released_by",
            "release_note")  # fmt: skip
    return [
        {"business_line": lines[row.business_line_id]} | {name: getattr(row, name) for name in same}
        for row in rows
    ]


def _line(row: Mapping[str, Any]) -> str:
    note = f": {row['note']}" if row["note"] else ""
    state = "released" if row["released_at"] else "held"
    return f"{row['hold_no']} {state} {row['business_line']} {row['order_no']} {row['reason']}{note}"
