"""zhanggui periods: the period calendar: how many statements each period holds, and how far they are."""

import argparse
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import clock, zone
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.statements.queries import due_through, period_years, periods

HELP = "the period calendar of a year: statements by state, and what waits to be closed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--year", type=int, metavar="YEAR", help="periods that end in it; default: the latest"
    )


def run(options: argparse.Namespace, out: Output) -> int:
    years = period_years()
    if options.year is not None and options.year not in years:
        known = ", ".join(map(str, years)) or "none yet"
        raise BadArguments(f"no period ends in {options.year}; known years: {known}")
    found = periods(options.year or years[0]) if years else []
    rows = [
        {name: value if isinstance(value, str | int) else value.isoformat() for name, value in row.items()}
        for row in found
    ]
    yesterday = clock().astimezone(zone()).date() - timedelta(days=1)
    document = {
        "years": years, "year": options.year or (years[0] if years else None), "periods": rows,
        "to_close": due_through(yesterday).statements,
    }  # fmt: skip
    out.result(document, _told)
    return 0


def _told(document: Mapping[str, Any]) -> str:
    lines = [
        "{starts_on} until before {ends_before} ({cycle}): {statements:,} statements, {open:,} open,"
        " {confirming:,} to confirm, {confirmed:,} confirmed, {ended:,} being paid or over".format_map(row)
        for row in document["periods"]
    ]
    if not lines:
        return "no statement yet: bill orders first"
    if document["to_close"]:
        lines.append(f"{document['to_close']:,} statements ended and wait for `zhanggui close-period`")
    return "\n".join(lines)
