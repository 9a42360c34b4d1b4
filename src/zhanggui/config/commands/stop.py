"""zhanggui stop: stop the embedded database, whoever uses it."""

import argparse

from zhanggui.config import home, postgres
from zhanggui.portals.shell.output import Output

HELP = "stop the embedded database server (the last command to end does so by itself)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(options: argparse.Namespace, out: Output) -> int:
    stopped = postgres.stop(home.data_folder())
    out.result({"stopped": stopped}, lambda document: "stopped" if document["stopped"] else "was not running")
    return 0
