"""zhanggui close-period: close every statement whose period is over."""

import argparse
import dataclasses
from collections.abc import Mapping
from typing import Any

from django.db.models import Sum

from zhanggui.journeys.period_ended import period_ended
from zhanggui.money import Money
from zhanggui.portals.shell.moments import clock, day, zone
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.statements.models import Statement, StatementState

HELP = "close every open statement whose last day is at most --through; debts move on"
ACTOR = "zhanggui close-period"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--through", type=day, required=True, metavar="DATE", help="last day to close")


def run(options: argparse.Namespace, out: Output) -> int:
    began = clock()
    with out.progress(None, "closing statements") as steps:
        done = 0

        def progress(closed: int) -> None:
            nonlocal done
            steps.advance(closed - done)
            done = closed

        closed = period_ended(
            through=options.through, clock=clock, zone=zone(), actor=ACTOR, progress=progress
        )
    now_closed = Statement.objects.filter(closed_at__gte=began, state=StatementState.CONFIRMING)
    nets = now_closed.values("currency").annotate(net=Sum("net_minor")).order_by("currency")
    document = {
        "through": options.through.isoformat(),
        **dataclasses.asdict(closed),
        "to_confirm_minor": {row["currency"]: row["net"] for row in nets},
        "still_open": Statement.objects.filter(state=StatementState.OPEN).count(),
    }
    out.result(document, _told)
    return 0


def _told(document: Mapping[str, Any]) -> str:
    if not document["closed"]:
        return f"no open statement ends by {document['through']}; {document['still_open']:,} are open"
    amounts = ", ".join(
        f"{code} {Money(net, code).grouped()}" for code, net in document["to_confirm_minor"].items()
    )
    waiting = "; {awaited:,} orders moved on: they lie with sub-merchants and are not split yet"
    return (
        "{closed:,} statements closed through {through}: {confirming:,} wait for confirmation, {zero:,} zero,"
        " {carried:,} debts carried on".format_map(document)
        + (waiting.format_map(document) if document["awaited"] else "")
        + (f"\nto confirm: {amounts}" if amounts else "")
    )
