"""zhanggui audit: let the books prove themselves."""

import argparse
from collections.abc import Mapping
from typing import Any

from zhanggui.clockwork.sweep_invariants import CHECKS, meanings
from zhanggui.clockwork.sweep_side_by_side import sweep_side_by_side
from zhanggui.portals.shell.choosing import takes_workers
from zhanggui.portals.shell.output import Output

HELP = "check every invariant of the books; 1 if one is broken"
SHOWN_ROWS = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=SHOWN_ROWS, help="offending rows to show (%(default)s)")
    takes_workers(parser, "connections that share the checks")


def run(options: argparse.Namespace, out: Output) -> int:
    found: dict[str, list[dict[str, Any]]] = {}
    seconds: dict[str, float] = {}
    with out.progress(len(CHECKS), "auditing") as steps:
        for one in sweep_side_by_side(workers=options.workers):
            found[one.name], seconds[one.name] = one.rows, round(one.seconds, 3)
            steps.advance()
    broken = {name: rows for name, rows in found.items() if rows}
    document = {
        "violations": sum(map(len, found.values())),
        "invariants": {name: len(rows) for name, rows in found.items()},
        "seconds": seconds,
        "meanings": meanings(),
        "offending": {name: rows[: options.rows] for name, rows in broken.items()},
    }
    out.result(document, _told)
    return 1 if broken else 0


def _told(document: Mapping[str, Any]) -> str:
    width = max(map(len, document["invariants"]))
    lines = [f"{name:<{width}}  {count:>6,}" for name, count in document["invariants"].items()]
    for name, rows in document["offending"].items():
        lines += ["", f"{name}: {document['meanings'][name]}"]
        lines += ["  " + ", ".join(f"{key} {value}" for key, value in row.items()) for row in rows]
    count = document["violations"]
    said = "the books balance: no violation" if not count else f"{count:,} violations"
    return "\n".join([*lines, "", said])
