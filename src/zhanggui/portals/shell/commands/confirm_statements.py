"""zhanggui confirm-statements: confirm closed statements, by number, by period, or by silence."""

import argparse
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from zhanggui.journeys.statement_confirmed import ConfirmedMany, silence_confirmed, statements_confirmed
from zhanggui.money import Money
from zhanggui.portals.shell.choosing import statement_of
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import clock, day, zone
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.statements.models import Statement, StatementState

HELP = "confirm closed statements: named ones, all through a day, or those nobody objected to in time"
ACTOR = "zhanggui confirm-statements"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("numbers", metavar="STATEMENT", nargs="*", help="numbers such as ST11100100000042")
    parser.add_argument("--through", type=day, metavar="DATE", help="all closed ones that end by this day")
    parser.add_argument("--auto", action="store_true", help="those whose time to object is over (自动确认)")
    parser.add_argument("--reason", default="", help="why, for the history")


def run(options: argparse.Namespace, out: Output) -> int:
    if sum([bool(options.numbers), options.through is not None, options.auto]) != 1:
        raise BadArguments("name statements, or give --through DATE, or --auto: exactly one of the three")
    if options.auto:
        done = silence_confirmed(today=clock().astimezone(zone()).date(), clock=clock, zone=zone())
    else:
        done = _confirm(_chosen(options), options.reason, out)
    document = {
        "confirmed": done.confirmed,
        "amount_minor": done.amount_minor,
        "failed": [{"number": number, "reason": why} for number, why in done.failed],
    }
    out.result(document, _told)
    return 1 if done.failed else 0


def _chosen(options: argparse.Namespace) -> list[tuple[int, int]]:
    if options.numbers:
        return [(row.party_id, row.id) for row in map(statement_of, options.numbers)]
    waiting = Statement.objects.filter(
        state=StatementState.CONFIRMING, open_disputes=0, ends_before__lte=options.through + timedelta(days=1)
    )
    return list(waiting.order_by("id").values_list("party_id", "id"))


def _confirm(keys: list[tuple[int, int]], reason: str, out: Output) -> ConfirmedMany:
    with out.progress(len(keys), "confirming statements") as steps:
        return statements_confirmed(
            keys=keys,
            clock=clock,
            zone=zone(),
            actor=ACTOR,
            reason=reason,
            progress=lambda _: steps.advance(),
        )


def _told(document: Mapping[str, Any]) -> str:
    amounts = ", ".join(
        f"{code} {Money(net, code).grouped()}" for code, net in document["amount_minor"].items()
    )
    lines = [
        f"{document['confirmed']:,} statements confirmed" + (f", available {amounts}" if amounts else "")
    ]
    return "\n".join(lines + [f"refused {one['number']}: {one['reason']}" for one in document["failed"]])
