"""zhanggui demo: a mall with a quarter of real orders, settled, at an address."""

import argparse
import time
from collections.abc import Mapping
from typing import Any

from zhanggui.portals.shell.demonstration.people import give_log_ins
from zhanggui.portals.shell.demonstration.story import ACTS, play
from zhanggui.portals.shell.demonstration.summary import summary, told
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.sandboxes import channels_sandboxed, log_ins_sandboxed
from zhanggui.portals.shell.serving import serve

HELP = "play the demonstration into an empty home (once), then serve it; 1 if the books do not balance"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="print the summary and end, without serving")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="0 for any free one (default %(default)s)")


def run(options: argparse.Namespace, out: Output) -> int:
    began = time.monotonic()
    with out.progress(len(ACTS), "playing the demonstration") as steps:
        played = play(steps.advance)
    document = summary() | {
        "acts_played": played,
        "seconds": round(time.monotonic() - began, 1),
        "log_ins": give_log_ins(),
    }
    if options.once:
        out.result(document, _told)
        return 1 if document["violations"] else 0
    with channels_sandboxed(), log_ins_sandboxed(begin=True):
        serve(
            options.host,
            options.port,
            ready=lambda address: out.result(document | {"address": address}, _told),
        )
    return 0


def _told(document: Mapping[str, Any]) -> str:
    lines = [told(document), ""]
    lines += [
        f"log in as {one['user']:<10} with {one['password']:<14} ({one['role']} of {one['party']})"
        for one in document["log_ins"]
    ]
    if "address" in document:
        lines += [
            "",
            f"the demo mall is served at {document['address']} until Ctrl-C",
            f"staff log in at {document['address']}desk/",
        ]
    return "\n".join(lines)
