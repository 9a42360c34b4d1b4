"""zhanggui serve: the portals and the API at an address."""

import argparse

from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.sandboxes import channels_sandboxed, log_ins_sandboxed
from zhanggui.portals.shell.serving import serve

HELP = "serve the portals and the API until stopped, with a worker beside"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="0 for any free one (default %(default)s)")
    parser.add_argument("--no-worker", action="store_true", help="run no background tasks here")


def run(options: argparse.Namespace, out: Output) -> int:
    def ready(address: str) -> None:
        out.result({"address": address}, lambda document: f"Zhanggui serves at {document['address']}")

    with channels_sandboxed(), log_ins_sandboxed():
        serve(options.host, options.port, ready=ready, with_worker=not options.no_worker)
    return 0
