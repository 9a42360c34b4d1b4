"""zhanggui bill: bill everything that is due, exactly once."""

import argparse
import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from zhanggui.journeys.goods_billable import Billed, goods_billable
from zhanggui.portals.shell.choosing import chosen_lines, takes_workers
from zhanggui.portals.shell.moments import clock, moment, not_in_the_future, zone
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.billing.runs import waiting_lines
from zhanggui.settlement.entities.models import BusinessLine

HELP = "bill all sales, refunds and charges that are due, onto open statements"
ACTOR = "zhanggui bill"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--business-line", metavar="CODE", help="only this one; default is all")
    parser.add_argument(
        "--as-of", type=moment, metavar="TIME", help="bill what was due by then; a day means its end (now)"
    )
    takes_workers(parser, "threads that share the work, each on a connection of its own")


def run(options: argparse.Namespace, out: Output) -> int:
    as_of = not_in_the_future(options.as_of, "--as-of")
    parts = {}
    for line in chosen_lines(options.business_line):
        with out.progress(None, f"billing {line.code}") as steps:
            parts[line.code] = dataclasses.asdict(_bill(line, as_of, options.workers, steps.advance))
    total = {
        name: sum(part[name] for part in parts.values()) for name in ("lines", "details", "entries", "chunks")
    }
    document = {"as_of": as_of.isoformat(), **total, "business_lines": parts}
    if not total["lines"]:
        document["waiting_lines"] = waiting_lines(as_of=as_of)
    out.result(document, _told)
    return 0


def _bill(line: BusinessLine, as_of: datetime, workers: int, advance: Any) -> Billed:
    done = 0

    def progress(kind: str, lines: int) -> None:
        nonlocal done
        del kind
        advance(lines - done)
        done = lines

    return goods_billable(
        business_line=line, as_of=as_of, clock=clock, zone=zone(), actor=ACTOR, progress=progress,
        workers=workers,
    )  # fmt: skip


def _told(document: Mapping[str, Any]) -> str:
    if not document["lines"]:
        waiting = document["waiting_lines"]
        return f"nothing was due by {document['as_of']} ({waiting:,} lines wait for their billing node)"
    rows = [
        f"{code}: {part['lines']:,} billed lines, {part['details']:,} details, {part['entries']:,} entries"
        for code, part in document["business_lines"].items()
    ]
    return "\n".join(rows)
